import ArgumentParser

/// `aspen role-binding delete NAME …`
struct RoleBindingDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete role bindings: who has the role by them loses it.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The role bindings' names.", valueName: "name"),
    completion: .names(of: "role-bindings"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.roleBinding.runDelete(names, deletion, options, in: context)
  }
}
