import ArgumentParser

/// `aspen secret`
struct SecretCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secret", abstract: "Secrets: how camera passwords are sealed.",
    subcommands: [SecretReseal.self])
}
