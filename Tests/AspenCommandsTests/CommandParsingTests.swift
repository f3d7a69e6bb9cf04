import ArgumentParser
import AspenModel
import Testing

@testable import AspenCommands

// Debug builds of ArgumentParser check the whole tree of commands at every parse, so these tests are
// long turns on a processor: one at a time, and by the group's tree where that is enough.
@Suite("The command line", .serialized)
struct CommandParsingTests {
  /// Parses as `aspen` does once it knows the group, the first word of the line.
  private static func parse(_ line: String) async throws -> any ParsableCommand {
    var words = line.split(separator: " ").map(String.init)
    let name = words.removeFirst()
    let group = try #require(
      AspenCommand.configuration.subcommands.first { $0.configuration.commandName == name })
    // What completes names asks the controller, so that its parser is asynchronous.
    if let group = group as? any AsyncParsableCommand.Type {
      return try await group.asyncParseAsRoot(words)
    }
    return try group.parseAsRoot(words)
  }

  struct Line: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let type: String

    init(_ line: String, _ type: String) {
      testDescription = line
      self.type = type
    }
  }

  @Test(
    "every command is parsed",
    arguments: [
      Line("status -o json", "StatusCommand"),
      Line(
        "camera add yard rtsp://h/x --username u --password-stdin --transport udp --labels a=b,c=d"
          + " --max-fps 2.5 --max-width 640 --require site=yard", "CameraAdd"),
      Line("camera add test --file clip.mp4 --no-stream", "CameraAdd"),
      Line("camera list -l site=yard -o yaml", "CameraList"), Line("camera ls", "CameraList"),
      Line("camera get yard --server http://h", "CameraGet"),
      Line("camera update yard --address rtsp://h/y --labels a-", "CameraUpdate"),
      Line("camera update yard --no-credentials", "CameraUpdate"),
      Line("camera delete yard gate", "CameraDelete"), Line("camera rm yard", "CameraDelete"),
      Line("stream add yard-small --camera yard --max-width 320 --disabled", "StreamAdd"),
      Line("stream list", "StreamList"), Line("stream get yard", "StreamGet"),
      Line("stream update yard --disable --max-fps 1", "StreamUpdate"),
      Line(
        "stream update yard --prefer gpu:80 --avoid slow --priority 90 --on-partition keep",
        "StreamUpdate"), Line("stream update yard --no-wishes", "StreamUpdate"),
      Line("stream delete yard", "StreamDelete"), Line("worker list", "WorkerList"),
      Line("worker get w1", "WorkerGet"), Line("worker update w1 --cordon", "WorkerUpdate"),
      Line("worker update w1 --uncordon --labels a=b", "WorkerUpdate"),
      Line("worker update w1 --cpu-millicores 4000 --memory-mib 2048", "WorkerUpdate"),
      Line("explain worker w1", "ExplainCommand"),
      Line("worker delete w1", "WorkerDelete"), Line("assignment list", "AssignmentList"),
      Line("assignment get yard", "AssignmentGet"),
      Line("assignment delete yard", "AssignmentDelete"),
      Line("join-token create t --uses 3 --expires-in 24h --labels a=b", "JoinTokenCreate"),
      Line("join-token list", "JoinTokenList"), Line("join-token get t", "JoinTokenGet"),
      Line("join-token update t --uses 1 --dry-run", "JoinTokenUpdate"),
      Line("join-token delete t", "JoinTokenDelete"),
      Line("token create t --role viewer --selector site=yard --expires-in 90d", "TokenCreate"),
      Line("token update t --role admin", "TokenUpdate"), Line("token ls", "TokenList"),
      Line("site create hq --description Home --annotation note=a,b", "SiteCreate"),
      Line("site update hq --labels a=b --if-version 7", "SiteUpdate"),
      Line("user create anna --display-name Anna --password-stdin", "UserCreate"),
      Line("user update anna --disable", "UserUpdate"),
      Line("role-binding create b --user anna --role operator", "RoleBindingCreate"),
      Line("role-binding update b --oidc-group guards", "RoleBindingUpdate"),
      Line("operation list", "OperationList"), Line("operation get op-1", "OperationGet"),
      Line("audit list --actor anna --since 24h --limit 5", "AuditList"),
      Line("audit export --since 2026-01-01T00:00:00Z", "AuditExport"),
      Line("view-link create yard --expires-in 2h", "ViewLinkCreate"),
      Line("secret reseal", "SecretReseal"), Line("whoami", "WhoamiCommand"),
      Line("login https://h --token-stdin", "LoginCommand"), Line("logout", "LogoutCommand"),
      Line("context use yard", "ContextUse"), Line("context list -o json", "ContextList"),
      Line("camera list --sort -created_at --filter spec.site=a --limit 3", "CameraList"),
      Line("camera list --fields spec.address,status.phase", "CameraList"),
      Line("camera delete -l site=yard --dry-run", "CameraDelete"),
      Line("camera get yard -o jsonpath={.spec.address}", "CameraGet"),
      Line("snapshot yard -f out.jpg --timeout 5s --width 320", "SnapshotCommand"),
      Line("watch frames yard --fps 5 --width 320 --count 3 --duration 10s", "WatchFrames"),
      Line("completion fish", "CompletionCommand"), Line("version", "VersionCommand"),
    ])
  func commands(line: Line) async throws {
    let command = try await Self.parse(line.testDescription)
    #expect(String(describing: type(of: command)) == line.type)
    #expect(command is any AspenCommands.Command)
  }

  @Test(
    "a line that lacks or contradicts something is not parsed",
    arguments: [
      "camera add yard", "camera add", "camera add yard rtsp://h/x --transport carrier-pigeon",
      "camera add yard rtsp://h/x --no-stream --max-fps 3",
      "camera add yard rtsp://h/x --labels a", "camera add yard rtsp://h/x --labels a-",
      "camera update yard", "camera get", "camera update yard --no-credentials --username u",
      "camera list -o xml", "camera list --frobnicate", "stream update s --enable --disable",
      "stream update s", "stream update s --prefer gpu:much", "stream update s --avoid :3",
      "stream update s --prefer a:1:2", "stream update s --on-partition hope", "worker update w",
      "worker update w --cordon --uncordon",
      "join-token create t --expires-in soon", "join-token create t --expires-in 0s",
      "join-token update t", "token create t", "token create t --role boss", "token update t",
      "camera delete", "camera delete yard -l a=b", "camera delete a b --if-version 3",
      "camera list --sort colour", "camera list --chunk 501", "camera list --limit 0",
      "camera list -o jsonpath={.a", "role-binding create b --role viewer",
      "role-binding create b --role viewer --user a --oidc-group g", "user update anna",
      "login https://h --password-stdin", "login https://h --token-stdin --username u",
      "audit list --since yesterday", "login https://h --context a/b",
      "snapshot", "snapshot yard --timeout never", "watch frames yard --count 0", "watch frames",
      "completion tcsh",
    ])
  func refusedLines(line: String) async {
    await #expect(throws: (any Error).self) { try await Self.parse(line) }
  }

  @Test(
    "wrong usage ends with status 2 and a message on standard error",
    arguments: [
      "frobnicate", "camera get", "camera add yard rtsp://u:p@h/x --username other",
      "camera add yard rtsp://h/x --file clip.mp4", "camera add yard rtsp://h/x --password-stdin",
      "status --server ftp://h", "status --config /nowhere/config.json",
    ])
  func wrongUsage(line: String) async {
    let outcome = await CommandOutcome.of(line.split(separator: " ").map(String.init))
    #expect(outcome.status == .usage)
    #expect(outcome.output.isEmpty)
    #expect(!outcome.errors.isEmpty)
  }

  @Test(
    "help, version and completion scripts go to standard output with status 0",
    arguments: [
      ("--help", "ACCESS SUBCOMMANDS:"), ("camera", "SUBCOMMANDS:"),
      ("camera add --help", "--max-fps"),
      ("--version", "aspen 0."), ("version --client", "aspen 0."), ("completion bash", "bash"),
      ("completion zsh", "#compdef aspen"), ("completion fish", "complete -c"),
      ("--generate-completion-script bash", "bash"),
    ])
  func helpTexts(line: String, part: String) async {
    let outcome = await CommandOutcome.of(line.split(separator: " ").map(String.init))
    #expect(outcome.status == .success)
    #expect(outcome.output.contains(part))
    #expect(outcome.errors.isEmpty)
  }

  @Test(
    "spans of time are read with their unit",
    arguments: [
      ("90", 90), ("90s", 90), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("0", nil),
      ("-5s", nil), ("5w", nil), ("", nil), ("h", nil), ("99999999999999999d", nil),
    ] as [(String, Int64?)])
  func spans(text: String, seconds: Int64?) {
    #expect(SpanArgument(argument: text)?.seconds == seconds)
  }

  @Test("labels are set and removed in one option")
  func labels() throws {
    let changes = try #require(LabelChanges(argument: "site=yard,old-,empty="))
    #expect(changes.patch == ["empty": "", "site": "yard", "old": .null])
    #expect(LabelChanges(argument: "site") == nil)
    #expect(LabelChanges(argument: "bad key=x") == nil)
  }
}
