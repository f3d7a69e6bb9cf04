import ArgumentParser

/// The `aspen` program: parses its arguments, runs the command, and turns errors into text and
/// exit status.
package enum CommandLineProgram {
  /// Runs one command. `arguments` are those behind the program's name.
  package static func run(
    _ arguments: [String], in context: CommandContext = .process
  ) async -> CommandStatus {
    await CommandContext.$current.withValue(context) { await runCommand(arguments, context) }
  }

  private static func runCommand(
    _ arguments: [String], _ context: CommandContext
  ) async -> CommandStatus {
    do {
      var command = try await AspenCommand.asyncParseAsRoot(arguments)
      if let command = command as? any Command {
        try await command.run(in: context)
      } else {
        try command.run()
      }
      return .success
    } catch let error as CommandError {
      if !error.lines.isEmpty { context.writeError(error.text) }
      return error.status
    } catch let error as ArgumentParser.ValidationError {
      // Found while it ran; the parser's own carry the usage of their command.
      context.writeError("aspen: \(error.message)")
      return .usage
    } catch {
      // Help, a version and completion scripts arrive as errors too; they are what was asked for.
      let text = AspenCommand.fullMessage(for: error)
      if AspenCommand.exitCode(for: error).isSuccess {
        context.write(text + "\n")
        return .success
      }
      context.writeError(UnknownCommand(in: arguments)?.error.text ?? text)
      return .usage
    }
  }
}
