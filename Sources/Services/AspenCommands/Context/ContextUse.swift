import ArgumentParser

/// `aspen context use NAME`
struct ContextUse: Command {
  static let configuration = CommandConfiguration(
    commandName: "use", abstract: "Make a context the current one.")

  @Argument(help: "The context.", completion: .contexts) var name: String
  @OptionGroup var options: ContextOptions

  func run(in context: CommandContext) async throws {
    var (file, configuration) = try options.load(in: context)
    guard let value = configuration.contexts[name] else {
      throw CommandError.unknownContext(name, configuration)
    }
    configuration.currentContext = name
    try file.save(configuration)
    context.write("the context is '\(name)': \(value.server)\n")
  }
}
