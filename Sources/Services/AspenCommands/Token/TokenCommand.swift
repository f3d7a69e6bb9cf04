import ArgumentParser

/// `aspen token`
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Access tokens of programs; workers join by join-token.",
    subcommands: [
      TokenCreate.self, TokenList.self, TokenGet.self, TokenUpdate.self, TokenEdit.self,
      TokenDelete.self,
    ])
}
