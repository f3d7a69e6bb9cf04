import AspenHTTP
import AspenModel
import AspenTestSupport
import Testing

@testable import AspenCommands

@Suite("Explain", .serialized)
struct ExplainTests {
  private static let explanation = """
    {"stream":"yard","phase":"unassigned","reason":"no fitting worker has room","candidates":[
    {"worker":"w1","feasible":false,"reasons":["is cordoned"],"free_streams":4},
    {"worker":"w2","feasible":false,"reasons":["is full (capacity 20)"],"free_streams":0}]}
    """

  @Test("a camera's streams are explained: where, why not elsewhere, and what to do")
  func explain() async throws {
    try await TestController.run([
      "GET /v1/cameras/yard": .json(CommandTests.yard),
      "GET /v1/streams/yard/explain": .json(Self.explanation),
      "GET /v1/streams/yard": .json(
        """
        {"name":"yard","spec":{"camera":"yard","enabled":true},"status":{"phase":"unassigned",
        "message":"","reason":"waits","conditions":[{"type":"Placed","status":"false",
        "reason":"NoWorker","message":"no fitting worker has room"}]}}
        """),
    ]) { controller in
      let outcome = await controller.aspen("explain", "camera", "yard")
      #expect(outcome.status == .success)
      #expect(
        outcome.output == """
          Stream:   yard
          Phase:    unassigned
          Message:  waits
          Why:      no fitting worker has room

          WORKER  FITS  FREE  WHY
          w1      no    4     is cordoned
          w2      no    0     is full (capacity 20)

          CONDITION  STATUS  REASON    MESSAGE
          Placed     false   NoWorker  no fitting worker has room

          next: let a worker take streams again: aspen uncordon w1
          next: all that fit are full: let another worker join, or raise a worker's capacity

          """)
      let json = await controller.aspen("explain", "stream", "yard", "-o", "json")
      let printed = try JSONValue(parsing: Array(json.output.utf8))
      #expect(printed["next"]?.elements?.count == 2)
      #expect(printed["conditions"]?.elements?.count == 1)
    }
  }

  @Test("of a worker it is said what would happen to streams if it went")
  func worker() async throws {
    let explanation = """
      {"worker":"w1","streams":[
      {"stream":"gate","from":"w1","to":"w2","reason":"w2 has room"},
      {"stream":"yard","from":"w1","reason":"no worker fits"}],"others":[
      {"stream":"shed","from":"w2","to":"w3","reason":"stream gate took its place"}]}
      """
    try await TestController.run([
      "GET /v1/workers/w1/explain": .json(explanation),
      "GET /v1/workers/w2/explain": .json(#"{"worker":"w2","streams":[],"others":[]}"#),
    ]) { controller in
      let outcome = await controller.aspen("explain", "worker", "w1")
      #expect(outcome.status == .success)
      #expect(
        outcome.output == """
          If w1 went, 1 of its 2 streams would run elsewhere, 1 nowhere.

          STREAM  WOULD GO TO  WHY
          gate    w2           w2 has room
          yard    -            no worker fits

          To make room, these would have to go:

          STREAM  FROM  WOULD GO TO  WHY
          shed    w2    w3           stream gate took its place

          """)
      let idle = await controller.aspen("explain", "worker", "w2")
      #expect(idle.output == "If w2 went, nothing would happen: it has no streams.\n")
      let json = await controller.aspen("explain", "worker", "w1", "-o", "json")
      let printed = try JSONValue(parsing: Array(json.output.utf8))
      #expect(printed["streams"]?.elements?.count == 2)
    }
  }

  @Test("what speaks for a worker is shown where the stream fits")
  func merits() async throws {
    let explanation = """
      {"stream":"yard","phase":"streaming","worker":"w1","reason":"it fits","candidates":[
      {"worker":"w1","feasible":true,"reasons":[],"merits":["preferred by 80"],"free_streams":4},
      {"worker":"w2","feasible":false,"reasons":["is lost"],"merits":["avoided by 3"],
      "free_streams":0}]}
      """
    try await TestController.run([
      "GET /v1/streams/yard/explain": .json(explanation),
      "GET /v1/streams/yard": .json(#"{"name":"yard","status":{"phase":"streaming"}}"#),
    ]) { controller in
      let outcome = await controller.aspen("explain", "stream", "yard")
      #expect(outcome.output.contains("w1 (here)  yes   4     preferred by 80\n"))
      #expect(outcome.output.contains("w2         no    0     is lost\n"))
    }
  }

  @Test("a camera without a stream says how to get one")
  func noStream() async throws {
    try await TestController.run([
      "GET /v1/cameras/yard": .json(#"{"name":"yard","status":{"streams":[]}}"#)
    ]) { controller in
      let outcome = await controller.aspen("explain", "camera", "yard")
      #expect(outcome.status == .notFound)
      #expect(outcome.errors.contains("aspen stream add yard --camera yard"))
    }
  }

  @Test(
    "the next step fits what is wrong",
    arguments: [
      (#"{"stream":"s","phase":"streaming","candidates":[]}"#, "{}", nil),
      (#"{"stream":"s","phase":"stopped"}"#, #"{"spec":{"enabled":false}}"#, "--enable"),
      (
        #"{"stream":"s","phase":"failing","worker":"w"}"#,
        #"{"spec":{"camera":"c"},"status":{"fault":"unauthorized"}}"#,
        "aspen camera update c --username"
      ),
      (
        #"{"stream":"s","phase":"failing","worker":"w"}"#,
        #"{"status":{"fault":"some_new_fault"}}"#, "aspen logs"
      ),
      (#"{"stream":"s","phase":"unassigned","candidates":[]}"#, "{}", "let a worker join"),
      (
        #"{"stream":"s","phase":"unassigned","candidates":[{"worker":"w","feasible":true}]}"#, "{}",
        "about to be placed"
      ),
      (
        """
        {"stream":"s","phase":"unassigned","candidates":[
        {"worker":"w","feasible":false,"reasons":["lacks the labels 'gpu'"]}]}
        """, #"{"spec":{"require":"gpu"}}"#, "labels 'gpu'"
      ),
      (
        #"{"stream":"s","phase":"unassigned","candidates":[{"worker":"w","reasons":["is lost"]}]}"#,
        "{}", "aspen worker list"
      ),
    ] as [(String, String, String?)])
  func steps(explanation: String, stream: String, expected: String?) throws {
    let steps = NextSteps.steps(
      try JSONValue(parsing: Array(explanation.utf8)), try JSONValue(parsing: Array(stream.utf8)))
    if let expected {
      #expect(steps.first?.contains(expected) == true, "\(steps)")
    } else {
      #expect(steps.isEmpty)
    }
  }

  @Test("every fault of a camera has a step", arguments: CameraFault.allCases)
  func faults(fault: CameraFault) {
    let steps = NextSteps.steps(
      ["stream": "s", "phase": "failing", "worker": "w"],
      ["spec": ["camera": "c"], "status": ["fault": .string(fault.rawValue)]])
    #expect(steps.count == 1)
  }
}
