import ArgumentParser

/// A command that does something; groups of commands only print their help.
protocol Command: AsyncParsableCommand {
  /// Does it.
  func run(in context: CommandContext) async throws
}
