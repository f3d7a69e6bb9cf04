import ArgumentParser

/// The `aspen` program: parses its arguments, runs the command, and turns errors into text and
/// exit status.
package enum CommandLineProgram {
  /// Runs one command. `arguments` are those behind the program's name.
  package static func run(
    _ arguments: [String], in context: CommandContext = .process
  ) async -> CommandStatus {
    do {
      var command = try AspenCommand.parseAsRoot(arguments)
      if let command = command as? any Command {
        try await command.run(in: context)
      } else {
        try command.run()
      }
      return .success
    } catch let error as CommandError {
      context.writeError(error.text)
      return error.status
    } catch {
      // Help, a version and completion scripts arrive as errors too; they are what was asked for.
      let text = AspenCommand.fullMessage(for: error)
      if AspenCommand.exitCode(for: error).isSuccess {
        context.write(text + "\n")
        return .success
      }
      context.writeError(text)
      return .usage
    }
  }
}
