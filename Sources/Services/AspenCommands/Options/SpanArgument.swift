import ArgumentParser

/// A span of time on the command line: `90`, `90s`, `15m`, `24h`, `7d`.
struct SpanArgument: Sendable, Hashable, ExpressibleByArgument {
  let seconds: Int64

  init(seconds: Int64) {
    self.seconds = seconds
  }

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    let unit = argument.last.flatMap { units[$0] }
    guard let count = Int64(unit == nil ? argument : String(argument.dropLast())), count > 0
    else { return nil }
    let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit ?? 1)
    guard !isTooLong else { return nil }
    self.seconds = seconds
  }

  var defaultValueDescription: String { "\(seconds)s" }
}
