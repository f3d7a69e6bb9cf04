import AspenRuntime
import AspenTelemetry
import FoundationEssentials

/// What a command may use of the process around it.
package struct CommandContext: Sendable {
  package let environment: [String: String]
  /// Writes to standard output.
  package let write: @Sendable (String) -> Void
  /// Writes a line to standard error.
  package let writeError: @Sendable (String) -> Void
  /// A line of standard input without its end; nil at the end of the input.
  package let readLine: @Sendable () -> String?
  /// Microseconds since 1970.
  package let now: @Sendable () -> Int64
  /// Where somebody sits, if anybody does.
  package let terminal: CommandTerminal

  /// How long names are waited for when a shell completes: a key was pressed.
  package let completionTimeout: Duration

  /// The context of the command that runs, for completions, which are given none.
  @TaskLocal static var current: CommandContext?

  /// A context of its parts.
  package init(
    environment: [String: String], write: @escaping @Sendable (String) -> Void,
    writeError: @escaping @Sendable (String) -> Void,
    readLine: @escaping @Sendable () -> String? = { nil },
    now: @escaping @Sendable () -> Int64 = SystemClock.nowMicroseconds,
    terminal: CommandTerminal = .none, completionTimeout: Duration = .milliseconds(500)
  ) {
    self.environment = environment
    self.write = write
    self.writeError = writeError
    self.readLine = readLine
    self.now = now
    self.terminal = terminal
    self.completionTimeout = completionTimeout
  }

  /// The process itself.
  package static var process: CommandContext {
    CommandContext(
      environment: ProcessInfo.processInfo.environment, write: { StandardOutput.write($0) },
      writeError: StandardErrorLine.write, readLine: { Swift.readLine() },
      terminal: .process)
  }
}
