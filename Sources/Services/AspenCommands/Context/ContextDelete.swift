import ArgumentParser

/// `aspen context delete NAME`
struct ContextDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Forget contexts; sessions end by aspen logout.",
    aliases: ["rm"])

  @Argument(help: ArgumentHelp("The contexts.", valueName: "name"), completion: .contexts)
  var names: [String]

  @OptionGroup var options: ContextOptions

  func run(in context: CommandContext) async throws {
    var (file, configuration) = try options.load(in: context)
    for name in names {
      guard configuration.contexts.removeValue(forKey: name) != nil else {
        throw CommandError.unknownContext(name, configuration)
      }
      if configuration.currentContext == name { configuration.currentContext = nil }
    }
    try file.save(configuration)
    for name in names { context.write("context \(name) deleted\n") }
  }
}
