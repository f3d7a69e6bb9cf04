import ArgumentParser
import AspenModel

/// The root: `aspen`.
struct AspenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aspen",
    abstract: "Operate ASPEN: cameras, streams, workers.",
    discussion: """
      The controller and the token come from --server and --token-file, from ASPEN_SERVER and \
      ASPEN_TOKEN, or from ~/.config/aspen/config.json with the keys server, token or token_file, \
      and ca.

      Exit status: 0 done, 1 the controller said no, 2 wrong usage, 3 unreachable, \
      4 unauthorized, 5 not found, 6 timeout.
      """,
    version: "aspen \(ProgramVersion.current)",
    subcommands: [
      StatusCommand.self, CameraCommand.self, StreamCommand.self, WorkerCommand.self,
      AssignmentCommand.self, TokenCommand.self, SnapshotCommand.self, WatchCommand.self,
      CompletionCommand.self, VersionCommand.self,
    ])
}
