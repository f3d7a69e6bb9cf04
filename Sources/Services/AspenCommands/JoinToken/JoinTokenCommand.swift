import ArgumentParser

/// `aspen join-token`
struct JoinTokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join-token", abstract: "Join tokens: how new workers get in.",
    subcommands: [
      JoinTokenCreate.self, JoinTokenList.self, JoinTokenGet.self, JoinTokenUpdate.self,
      JoinTokenEdit.self,
      JoinTokenDelete.self,
    ])
}
