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
