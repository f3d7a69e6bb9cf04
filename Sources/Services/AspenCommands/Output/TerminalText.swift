import AspenModel
import FoundationEssentials

/// Text of cameras and servers made fit for a terminal.
enum TerminalText {
  /// One line without control characters, so that no camera's message can move the cursor.
  static func line(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// At most `limit` characters, the cut marked.
  static func short(_ text: String, limit: Int = 60) -> String {
    text.count <= limit ? text : text.prefix(limit - 1) + "…"
  }

  /// How long ago an RFC 3339 time was: `48s`, `5m`, `3h`, `12d`.
  static func age(_ time: String?, now: Int64) -> String {
    guard let time,
      let date = try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(time)
    else { return "-" }
    return span(seconds: now / 1_000_000 - Int64(date.timeIntervalSince1970))
  }

  /// A span in its largest unit; one that lies ahead by the clocks' difference is `0s`.
  static func span(seconds: Int64) -> String {
    switch seconds {
    case ..<1: "0s"
    case ..<120: "\(seconds)s"
    case ..<7_200: "\(seconds / 60)m"
    case ..<172_800: "\(seconds / 3_600)h"
    default: "\(seconds / 86_400)d"
    }
  }

  /// A number with at most `digits` decimals and no trailing zeros.
  static func number(_ value: Double, digits: Int = 1) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let text = String((value * scale).rounded() / scale)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Labels as `a=b,c=d`, or `-`.
  static func labels(_ json: JSONValue?) -> String {
    let pairs = (json?.members ?? []).map { "\($0.name)=\($0.value.text ?? "")" }
    return pairs.isEmpty ? "-" : pairs.joined(separator: ",")
  }
}
