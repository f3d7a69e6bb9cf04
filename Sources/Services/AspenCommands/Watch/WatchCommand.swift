import ArgumentParser

/// `aspen watch`
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow what happens.",
    discussion: """
      aspen watch cameras, aspen watch workers w1, …: changes of resources, as in 'watch resources'.
      aspen watch frames yard: the frames of a stream.
      """,
    subcommands: [
      WatchFrames.self, WatchResources.self,
    ],
    defaultSubcommand: WatchResources.self)
}
