import ArgumentParser
import AspenModel

/// The root: `aspen`.
struct AspenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aspen",
    abstract: "Operate ASPEN: cameras, streams, workers.",
    discussion: """
      First: aspen login URL. Then: aspen status, aspen camera add yard rtsp://…

      Which controller, from the strongest: --server and --token or --token-file, ASPEN_SERVER and \
      ASPEN_TOKEN, --context or ASPEN_CONTEXT, the current context of aspen context list, the keys \
      server, token or token_file and ca of ~/.config/aspen/config.json.

      Exit status: 0 done, 1 the controller said no, 2 wrong usage, 3 unreachable, \
      4 unauthorized, 5 not found, 6 timeout.
      """,
    version: "aspen \(ProgramVersion.current)",
    groupedSubcommands: [
      CommandGroup(
        name: "Camera", subcommands: [CameraCommand.self, SiteCommand.self, SnapshotCommand.self]),
      CommandGroup(
        name: "Stream",
        subcommands: [
          StreamCommand.self, WatchCommand.self, ViewLinkCommand.self, AssignmentCommand.self,
          ExplainCommand.self,
        ]),
      CommandGroup(
        name: "Worker",
        subcommands: [
          WorkerCommand.self, JoinTokenCommand.self, DrainCommand.self, CordonCommand.self,
          UncordonCommand.self,
        ]),
      CommandGroup(
        name: "Access",
        subcommands: [
          LoginCommand.self, LogoutCommand.self, WhoamiCommand.self, ContextCommand.self,
          UserCommand.self, RoleBindingCommand.self, TokenCommand.self,
        ]),
      CommandGroup(
        name: "Change",
        subcommands: [
          ApplyCommand.self, DiffCommand.self, PlanCommand.self, WaitCommand.self,
          HistoryCommand.self, RevertCommand.self, AuditCommand.self, OperationCommand.self,
          ControllerCommand.self,
        ]),
      CommandGroup(
        name: "Cluster",
        subcommands: [
          StatusCommand.self, TopCommand.self, LogsCommand.self, DebugCommand.self,
          SecretCommand.self, VersionCommand.self, CompletionCommand.self,
          ManCommand.self,
        ]),
    ])
}
