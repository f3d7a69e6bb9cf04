import ArgumentParser

/// A command line whose first words name no command. The parser calls such words unexpected arguments,
/// which tells nobody what to write instead.
struct UnknownCommand: Equatable {
  /// The words of the line up to the one that is not known: `camera delet`.
  let words: [String]
  /// What may be meant, with the program's name.
  let proposals: [String]

  var error: CommandError {
    let known = (["aspen"] + words.dropLast() + ["--help"]).joined(separator: " ")
    let line = words.joined(separator: " ")
    return CommandError(
      .usage,
      lines: ["there is no command '\(line)'"]
        + (proposals.isEmpty ? [] : ["did you mean: \(proposals.joined(separator: ", "))"])
        + ["what there is: \(known)"])
  }

  /// Nil when the words are commands as far as commands are expected.
  init?(in arguments: [String], of root: any ParsableCommand.Type = AspenCommand.self) {
    var command: any ParsableCommand.Type = root
    var words: [String] = []
    for (index, word) in arguments.enumerated() {
      let commands = command.configuration.subcommands
      if commands.isEmpty || word.hasPrefix("-") || words.isEmpty && word == "help" { return nil }
      words.append(word)
      if let next = commands.first(where: { $0.configuration.commandName == word }) {
        command = next
        continue
      }
      let path = ["aspen"] + words.dropLast()
      var proposals = EditDistance.closest(
        to: word, among: commands.compactMap { $0.configuration.commandName }
      )
      .map { path + [$0] }
      // `get cameras`, as other clients have it.
      if words.count == 1, arguments.count > index + 1 {
        proposals += Self.nouns(like: arguments[index + 1], with: word, commands)
          .map { path + [$0, word] }
      }
      self.words = words
      self.proposals = proposals.map { $0.joined(separator: " ") }
      return
    }
    return nil
  }

  private static func nouns(
    like noun: String, with verb: String, _ commands: [any ParsableCommand.Type]
  ) -> [String] {
    commands.filter { command in
      let name = command.configuration.commandName ?? ""
      return (noun == name || noun == name + "s")
        && command.configuration.subcommands.contains { $0.configuration.commandName == verb }
    }.compactMap { $0.configuration.commandName }
  }
}
