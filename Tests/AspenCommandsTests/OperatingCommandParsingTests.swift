import ArgumentParser
import AspenModel
import Testing

@testable import AspenCommands

@Suite("The command line of operating", .serialized)
struct OperatingCommandParsingTests {
  private static func parse(_ line: String) throws -> any ParsableCommand {
    try AspenCommand.parseAsRoot(line.split(separator: " ").map(String.init))
  }

  @Test(
    "every command is parsed",
    arguments: [
      ("apply -f a.yaml -f - --dry-run -o json", "ApplyCommand"), ("diff -f .", "DiffCommand"),
      ("plan", "PlanCommand"), ("explain stream yard", "ExplainCommand"),
      ("history role-binding r --limit 5", "HistoryCommand"),
      ("revert cameras yard --to 3 -y", "RevertCommand"),
      ("wait worker w1 --for=condition=Ready --timeout 5m", "WaitCommand"),
      ("watch cameras", "WatchResources"), ("watch join_tokens t --from 0", "WatchResources"),
      ("watch streams -l a=b -o yaml --output-watch-events", "WatchResources"),
      ("watch frames yard", "WatchFrames"), ("drain w1 --wait", "DrainCommand"),
      ("cordon w1 w2", "CordonCommand"), ("uncordon w1", "UncordonCommand"),
      ("top cameras --sort fps -w --interval 5s", "TopCommand"),
      ("logs -f --level error --request-id r", "LogsCommand"),
      ("debug bundle -f x.tar", "DebugBundleCommand"),
    ])
  func commands(line: String, type: String) throws {
    #expect(String(describing: Self.type(of: try Self.parse(line))) == type)
  }

  private static func type(of command: any ParsableCommand) -> any ParsableCommand.Type {
    Swift.type(of: command)
  }

  @Test(
    "a line that lacks or contradicts something is not parsed",
    arguments: [
      "apply", "diff", "explain site s1", "explain stream", "history boat b",
      "history camera c --limit 0", "revert camera yard", "revert camera yard --to 0",
      "wait camera yard", "wait camera yard --for=up", "watch boats", "watch cameras --from -1",
      "watch cameras --count 0", "drain", "cordon", "top boats", "top workers --sort colour",
      "logs --level loud", "logs --limit 0",
    ])
  func refusedLines(line: String) {
    #expect(throws: (any Error).self) { try Self.parse(line) }
  }

  @Test(
    "a kind is known by its singular and plural",
    arguments: [
      ("camera", "camera"), ("cameras", "camera"), ("Streams", "stream"),
      ("role-binding", "role_binding"), ("role_bindings", "role_binding"), ("boat", nil),
    ] as [(String, String?)])
  func kinds(text: String, kind: String?) {
    #expect(KindArgument(argument: text)?.kind.rawValue == kind)
  }
}
