package import AspenModel
import AspenRuntime

/// The terminal that a command runs at, as far as it runs at one.
package struct CommandTerminal: Sendable {
  /// Whether somebody can be asked.
  package let isInteractive: Bool
  /// Whether standard output is a terminal: results may have colours and keep to its width.
  package let isOutput: Bool
  /// The width of standard output; nil when it has none.
  package let columns: Int?
  /// Asks for a line; nil when there is none.
  package let ask: @Sendable (String) -> String?
  /// Asks for a line that is not shown.
  package let askSecret: @Sendable (String) -> Secret?

  /// A terminal of its parts.
  package init(
    isInteractive: Bool, isOutput: Bool, columns: Int? = nil,
    ask: @escaping @Sendable (String) -> String? = { _ in nil },
    askSecret: @escaping @Sendable (String) -> Secret? = { _ in nil }
  ) {
    self.isInteractive = isInteractive
    self.isOutput = isOutput
    self.columns = columns
    self.ask = ask
    self.askSecret = askSecret
  }

  /// Input and output are pipes or files.
  package static let none = CommandTerminal(isInteractive: false, isOutput: false)

  /// That of the process.
  package static var process: CommandTerminal {
    CommandTerminal(
      isInteractive: TerminalInput.isInteractive, isOutput: TerminalInput.isOutput,
      columns: TerminalInput.columns, ask: TerminalInput.ask,
      askSecret: { prompt in TerminalInput.askSecret(prompt).map { Secret($0) } })
  }
}
