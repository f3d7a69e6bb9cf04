package import Logging

/// Builds the process's loggers: one line an event, `time level event key=value …`, on stderr.
///
/// The logger is passed to whoever logs; there is no global one. An event's name is a stable
/// lower-case phrase; what varies goes into metadata.
package enum Log {
  /// A logger that writes to `write`, or to stderr, and keeps the newest lines in `recent`: those of
  /// level debug too, so that a refused request is found without having asked for it before.
  package static func make(
    _ label: String, level: Logger.Level = .info, recent: RecentLog? = nil,
    write: @escaping @Sendable (String) -> Void = StandardErrorLine.write
  ) -> Logger {
    var logger = Logger(label: label) { label in
      LineLogHandler(label: label, leastWritten: level, recent: recent, write: write)
    }
    logger.logLevel = recent == nil ? level : min(level, .debug)
    return logger
  }

  /// A logger that drops everything.
  package static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}
