import FoundationEssentials
import Logging

/// Formats an event as one line: RFC 3339 time, level, label, event, then `key=value` in key order.
struct LineLogHandler: LogHandler {
  let label: String
  let write: @Sendable (String) -> Void
  /// The least level that is written; what is below it may still be kept.
  let leastWritten: Logger.Level
  /// Keeps the newest lines for those who ask later.
  let recent: RecentLog?
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  init(
    label: String, leastWritten: Logger.Level = .trace, recent: RecentLog? = nil,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.label = label
    self.leastWritten = leastWritten
    self.recent = recent
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let now = Date.now
    var line = now.ISO8601Format(.init(includingFractionalSeconds: true))
    line += " \(event.level) \(label) \"\(Self.escaped(event.message.description))\""
    var fields = metadata
    if let extra = event.metadata {
      fields.merge(extra) { _, new in new }
    }
    let texts = fields.sorted { $0.key < $1.key }.map { key, value in
      LogLine.Field(key, value.description)
    }
    for field in texts { line += " \(field.name)=\(Self.quoted(field.value))" }
    if event.level >= leastWritten { write(line) }
    recent?.append(
      LogLine(
        microseconds: Int64(now.timeIntervalSince1970 * 1_000_000), level: event.level,
        message: event.message.description, fields: texts))
  }

  private static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 < 0x7F }
    return isPlain && !text.isEmpty ? text : "\"\(escaped(text))\""
  }

  /// A line stays one line whatever a camera or client put into a field.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
