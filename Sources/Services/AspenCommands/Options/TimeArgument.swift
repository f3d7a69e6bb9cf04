import ArgumentParser
import AspenModel

/// A point in time on the command line: `2026-01-31T12:00:00Z`, or how long ago: `24h`.
enum TimeArgument: Sendable, Hashable, ExpressibleByArgument {
  case at(Timestamp)
  case ago(SpanArgument)

  init?(argument: String) {
    if let span = SpanArgument(argument: argument) {
      self = .ago(span)
    } else if let time = try? Timestamp(rfc3339: argument, field: "time") {
      self = .at(time)
    } else {
      return nil
    }
  }

  /// The time as RFC 3339; `now` in microseconds since 1970.
  func text(now: Int64) -> String {
    switch self {
    case .at(let time): time.text
    case .ago(let span): Timestamp(microseconds: now - span.seconds * 1_000_000).text
    }
  }
}
