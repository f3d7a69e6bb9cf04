import AspenHTTP
import AspenModel
import AspenTestSupport
import Testing

@testable import AspenCommands

@Suite("Wait", .serialized)
struct WaitTests {
  private static let resource: JSONValue = [
    "name": "yard",
    "status": [
      "phase": "streaming", "worker": "w1", "viewers": 3, "list": ["a", "b"],
      "conditions": [
        ["type": "Placed", "status": "true"], ["type": "Streaming", "status": "false"],
      ],
    ],
  ]

  @Test(
    "a goal is reached or not",
    arguments: [
      ("streaming", true), ("ready", false), ("deleted", false), ("condition=Placed", true),
      ("condition=placed", true), ("condition=Streaming", false),
      ("condition=Streaming=false", true),
      ("condition=Other", false), ("status.phase=streaming", true), ("status.phase=x", false),
      ("status.viewers=3", true), ("{.status.worker}=w1", true), ("status.list.1=b", true),
      ("status.nothing=x", false), ("state=succeeded", false),
    ])
  func goals(text: String, isReached: Bool) throws {
    let goal = try #require(WaitGoal(argument: text))
    #expect(goal.isReached(by: Self.resource) == isReached)
    #expect(goal.isReached(by: nil) == (text == "deleted"))
  }

  @Test("words that are no goal are refused", arguments: ["", "up", "phase=x", "condition", "=x"])
  func noGoals(text: String) {
    #expect(WaitGoal(argument: text) == nil)
  }

  @Test("looks follow fast at first, then every second")
  func pace() {
    var pace = PollingPace()
    let pauses = (0..<8).map { _ in pace.pause() }
    #expect(pauses.first == .milliseconds(100))
    #expect(pauses[1] == .milliseconds(150))
    #expect(pauses.last == .seconds(1))
  }

  @Test("it waits until the resource is as it should be")
  func wait() async throws {
    let looks = Collected(0)
    let answer: TestController.Answer = { _ in
      looks.update { $0 += 1 }
      // The controller may be away for a moment.
      if looks.value == 2 { return .problem(status: 503, detail: "PostgreSQL is away") }
      let phase = looks.value < 3 ? "connecting" : "streaming"
      return .json(#"{"name":"yard","status":{"phase":"\#(phase)"}}"#)
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("wait", "camera", "yard", "--for=streaming")
      #expect(outcome.status == .success)
      #expect(outcome.output == "camera yard is streaming\n")
      #expect(outcome.errors.isEmpty)
      #expect(looks.value == 3)
    }
  }

  @Test("the time that is over ends it with status 6 and the reason")
  func overdue() async throws {
    try await TestController.run([
      "GET /v1/streams/yard": .json(
        #"{"name":"yard","status":{"phase":"failing","fault":"refused","message":"no route"}}"#)
    ]) { controller in
      let outcome = await controller.aspen(
        "wait", "stream", "yard", "--for=streaming", "--timeout", "1s")
      #expect(outcome.status.rawValue == 6)
      #expect(
        outcome.errors == """
          aspen: stream yard is not streaming after 1 s
            failing: refused: no route

          """)
    }
  }

  @Test("what is not there is deleted, but never streaming")
  func absent() async throws {
    try await TestController.run([:]) { controller in
      let deleted = await controller.aspen("wait", "camera", "yard", "--for=deleted")
      #expect(deleted.status == .success)
      #expect(deleted.output == "camera yard is deleted\n")
      let streaming = await controller.aspen("wait", "camera", "yard", "--for=streaming")
      #expect(streaming.status == .notFound)
    }
  }
}
