import ArgumentParser

/// `aspen controller`
struct ControllerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "controller", abstract: "Controllers: which there are, and which one leads.",
    subcommands: [ControllerList.self, ControllerGet.self])
}
