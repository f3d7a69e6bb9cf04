package import FoundationEssentials

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Sendable, Hashable, Comparable, Codable {
  package let microseconds: Int64

  /// A time by its microseconds since the Unix epoch.
  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The time as RFC 3339 in UTC with milliseconds.
  package var text: String {
    // Whole seconds are exact in a Date; a fraction would be cut one too low half of the time.
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let fraction = rest < 0 ? rest + 1_000_000 : rest
    let whole = Date(timeIntervalSince1970: Double(rest < 0 ? seconds - 1 : seconds))
    let milliseconds = String(1000 + fraction / 1000).dropFirst()
    return whole.ISO8601Format().dropLast() + ".\(milliseconds)Z"
  }

  /// A time written as RFC 3339, with or without a fraction; the error names `field`.
  package init(rfc3339 text: String, field: String) throws(ValidationError) {
    let style = Date.ISO8601FormatStyle()
    let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard text.utf8.count <= 40,
      let date = (try? style.parse(text)) ?? (try? fractional.parse(text)),
      abs(date.timeIntervalSince1970) < 253_402_300_800
    else {
      throw ValidationError(field, "must be a time like 2026-01-31T12:00:00Z")
    }
    self.init(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
  }

  /// The time as Foundation's date.
  package var date: Date {
    Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}
