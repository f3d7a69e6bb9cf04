import ArgumentParser

/// `aspen token`
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Join tokens: how new workers get in.",
    subcommands: [
      TokenCreate.self, TokenList.self, TokenGet.self, TokenUpdate.self, TokenDelete.self,
    ])
}
