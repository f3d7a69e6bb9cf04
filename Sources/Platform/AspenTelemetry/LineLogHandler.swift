import FoundationEssentials
import Logging

/// Formats an event as one line: RFC 3339 time, level, label, event, then `key=value` in key order.
struct LineLogHandler: LogHandler {
  let label: String
  let write: @Sendable (String) -> Void
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  init(label: String, write: @escaping @Sendable (String) -> Void) {
    self.label = label
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = Date.now.ISO8601Format(.init(includingFractionalSeconds: true))
    line += " \(event.level) \(label) \"\(Self.escaped(event.message.description))\""
    var fields = metadata
    if let extra = event.metadata {
      fields.merge(extra) { _, new in new }
    }
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      line += " \(key)=\(Self.quoted(value.description))"
    }
    write(line)
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
