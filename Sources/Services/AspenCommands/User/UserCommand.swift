import ArgumentParser

/// `aspen user`
struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Users: people who sign in; role bindings say what they may do.",
    subcommands: [
      UserCreate.self, UserList.self, UserGet.self, UserUpdate.self, UserEdit.self, UserDelete.self,
    ])
}
