import ArgumentParser

/// `aspen role-binding edit NAME`
struct RoleBindingEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a role binding in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The role binding's name.", completion: .names(of: "role-bindings")) var name:
    String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.roleBinding.runEdit(name, change, options, in: context)
  }
}
