import ArgumentParser

/// `aspen debug`
struct DebugCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "debug", abstract: "Collect what helps to find a fault.",
    subcommands: [DebugBundleCommand.self])
}
