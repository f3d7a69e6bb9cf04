import ArgumentParser

/// `aspen watch`
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow what happens.",
    subcommands: [
      WatchFrames.self
    ])
}
