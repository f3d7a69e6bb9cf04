import ArgumentParser

/// `aspen operation`
struct OperationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operation", abstract: "Operations: drains and other work that takes its time.",
    subcommands: [OperationList.self, OperationGet.self])
}
