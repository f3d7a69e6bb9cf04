import ArgumentParser

/// `aspen stream`
struct StreamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream", abstract: "Streams: what is made of a camera's video.",
    subcommands: [
      StreamAdd.self, StreamList.self, StreamGet.self, StreamUpdate.self, StreamEdit.self,
      StreamDelete.self,
    ])
}
