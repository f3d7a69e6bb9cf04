import ArgumentParser

/// `aspen view-link`
struct ViewLinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view-link", abstract: "View links: let somebody watch one stream for a while.",
    subcommands: [ViewLinkCreate.self])
}
