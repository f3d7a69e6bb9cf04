import ArgumentParser

/// `aspen role-binding`
struct RoleBindingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role-binding", abstract: "Role bindings: which user or group may do what.",
    subcommands: [
      RoleBindingCreate.self, RoleBindingList.self, RoleBindingGet.self, RoleBindingUpdate.self,
      RoleBindingEdit.self,
      RoleBindingDelete.self,
    ])
}
