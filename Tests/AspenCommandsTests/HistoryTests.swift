import AspenHTTP
import AspenModel
import AspenTestSupport
import Testing

@testable import AspenCommands

@Suite("History and revert", .serialized)
struct HistoryTests {
  private static let history = """
    {"items":[
    {"generation":1,"resource_version":4,"operation":"camera_create","labels":{},"annotations":{},
    "spec":{"address":"rtsp://a/x"},"actor":{"kind":"token","name":"ci"},
    "at":"2026-09-21T13:00:00.000Z"},
    {"generation":2,"resource_version":9,"operation":"camera_update","labels":{"site":"hof"},
    "annotations":{},"spec":{"address":"rtsp://b/x"},"actor":{"kind":"user","name":"anna"},
    "at":"2026-09-21T13:19:00.000Z"}]}
    """

  @Test("each change has who, when, and the fields that it changed, newest first")
  func list() async throws {
    try await TestController.run([
      "GET /v1/cameras/yard/history?limit=101": .json(Self.history)
    ]) { controller in
      let outcome = await controller.aspen("history", "camera", "yard", now: CommandTests.now)
      #expect(
        outcome.output == """
          generation 2  camera_update  by user anna  2026-09-21T13:19:00.000Z (60s ago)
            labels.site: - → "hof"
            spec.address: "rtsp://a/x" → "rtsp://b/x"

          generation 1  camera_create  by token ci  2026-09-21T13:00:00.000Z (20m ago)
            spec.address: - → "rtsp://a/x"

          """)
      let json = await controller.aspen("history", "cameras", "yard", "-o", "json")
      let printed = try JSONValue(parsing: Array(json.output.utf8))
      #expect(printed.elements?.count == 2)
      #expect(
        printed.elements?.first?["changes"]?.elements?.first
          == ["after": "hof", "field": "labels.site"])
    }
  }

  @Test("what came before the oldest kept change is not guessed")
  func cut() throws {
    let items = try #require(
      try JSONValue(parsing: Array(Self.history.utf8))["items"]?.elements)
    let cut = HistoryList([items[1]])
    #expect(cut.entries.first?.changes == nil)
    #expect(cut.text(now: 0).contains("what changed is not kept any more"))
    #expect(HistoryList([items[0]], isComplete: false).entries.first?.changes == nil)
  }

  /// Answers a camera at version 9 and reverts of it, and notes If-Match.
  private func reverting(_ ifMatch: Collected<[String]>) -> TestController.Answer {
    { request in
      ifMatch.append("\(request.target) \(request.headers["If-Match"] ?? "-")")
      let address = request.method == "GET" ? "b" : "a"
      var response = HTTPResponse.json(
        #"{"name":"yard","labels":{},"spec":{"address":"rtsp://\#(address)/x"}}"#)
      response.headers.set("ETag", "\"9\"")
      return response
    }
  }

  @Test("a revert shows what changes and changes the version that it has shown")
  func revert() async throws {
    let ifMatch = Collected<[String]>()
    try await TestController.run(answer: reverting(ifMatch)) { controller in
      let outcome = await controller.aspen("revert", "camera", "yard", "--to", "1")
      #expect(outcome.status == .success)
      #expect(
        outcome.output == """
          - spec.address: "rtsp://b/x"
          + spec.address: "rtsp://a/x"
          camera yard reverted to generation 1

          """)
      #expect(
        ifMatch.value == [
          "/v1/cameras/yard -", "/v1/cameras/yard/revert?dry_run=true \"9\"",
          "/v1/cameras/yard/revert \"9\"",
        ])
      #expect(controller.received.last?.body == ["generation": 1])
    }
  }

  @Test("a dry run of a revert changes nothing")
  func dryRun() async throws {
    let ifMatch = Collected<[String]>()
    try await TestController.run(answer: reverting(ifMatch)) { controller in
      let outcome = await controller.aspen("revert", "camera", "yard", "--to", "1", "--dry-run")
      #expect(outcome.output.hasSuffix("camera yard would be reverted (dry run)\n"))
      #expect(ifMatch.value.count == 2)
    }
  }

  @Test("on a terminal a revert asks, and does nothing without a yes")
  func asks() async throws {
    let ifMatch = Collected<[String]>()
    try await TestController.run(answer: reverting(ifMatch)) { controller in
      for (answer, yes, status) in [
        ("no", [], CommandStatus.refused), ("yes", [], .success), ("no", ["--yes"], .success),
      ] as [(String, [String], CommandStatus)] {
        ifMatch.update { $0 = [] }
        let context = CommandContext(
          environment: ["ASPEN_SERVER": controller.address], write: { _ in }, writeError: { _ in },
          terminal: CommandTerminal(isInteractive: true, isOutput: true, ask: { _ in answer }))
        let ended = await CommandLineProgram.run(
          ["revert", "camera", "yard", "--to", "1"] + yes, in: context)
        #expect(ended == status)
        #expect(ifMatch.value.count == (status == .success ? 3 : 2))
      }
    }
  }
}
