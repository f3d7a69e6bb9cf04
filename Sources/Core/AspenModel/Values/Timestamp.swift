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

  /// The time as Foundation's date.
  package var date: Date {
    Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}
