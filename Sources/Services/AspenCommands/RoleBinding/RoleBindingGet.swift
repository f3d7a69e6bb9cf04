import ArgumentParser

/// `aspen role-binding get NAME`
struct RoleBindingGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a role binding.")

  @Argument(help: "The role binding's name.", completion: .names(of: "role-bindings")) var name:
    String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.roleBinding.runGet(name, fields: fields, options, in: context)
  }
}
