import AspenHTTP
import AspenModel
import AspenNet
import AspenTestSupport
import Testing

@testable import AspenCommands

@Suite("Drain, cordon, top and logs", .serialized)
struct WorkerActionTests {
  private static func operation(_ state: String, done: Int) -> String {
    """
    {"kind":"operation","id":1,"name":"op-1","action":"worker_drain","target":"w1",
    "status":{"state":"\(state)","done":\(done),"total":2,"message":"moving yard"}}
    """
  }

  @Test("a drain is begun once and, with --wait, followed to its end")
  func drain() async throws {
    let looks = Collected(0)
    let keys = Collected<[String?]>()
    let answer: TestController.Answer = { request in
      if request.method == "POST" {
        keys.append(request.headers["Idempotency-Key"])
        return .json(Self.operation("pending", done: 0), status: 202)
      }
      looks.update { $0 += 1 }
      return .json(Self.operation(looks.value < 3 ? "running" : "succeeded", done: looks.value - 1))
    }
    try await TestController.run(answer: answer) { controller in
      let begun = await controller.aspen("drain", "w1")
      #expect(
        begun.output
          == "worker w1 drains: operation op-1 pending, 0 of 2: moving yard\n")
      let errors = Collected("")
      let output = Collected("")
      let context = CommandContext(
        environment: ["ASPEN_SERVER": controller.address],
        write: { text in output.update { $0 += text } },
        writeError: { line in errors.update { $0 += line + "\n" } },
        terminal: CommandTerminal(isInteractive: true, isOutput: true))
      let status = await CommandLineProgram.run(["drain", "w1", "--wait"], in: context)
      #expect(status == .success)
      #expect(output.value == "worker w1 drained\n")
      #expect(
        errors.value == "running, 0 of 2: moving yard\nrunning, 1 of 2: moving yard\n")
      #expect(controller.received.map(\.target).contains("/v1/operations/op-1"))
      #expect(keys.value.count == 2 && keys.value.allSatisfy { $0 != nil })
    }
  }

  @Test("a drain that fails or takes too long says so")
  func drainFails() async throws {
    for (state, status) in [("failed", CommandStatus.refused), ("running", .timeout)] {
      try await TestController.run([
        "POST /v1/workers/w1/drain": .json(Self.operation("pending", done: 0), status: 202),
        "GET /v1/operations/op-1": .json(Self.operation(state, done: 1)),
      ]) { controller in
        let outcome = await controller.aspen("drain", "w1", "--wait", "--timeout", "1s")
        #expect(outcome.status == status)
        #expect(outcome.errors.contains("\(state), 1 of 2: moving yard"))
      }
    }
  }

  @Test("cordon and uncordon change any version of the worker")
  func cordon() async throws {
    let ifMatch = Collected<[String?]>()
    let answer: TestController.Answer = { request in
      ifMatch.append(request.headers["If-Match"])
      return .json(#"{"name":"w1"}"#)
    }
    try await TestController.run(answer: answer) { controller in
      let cordoned = await controller.aspen("cordon", "w1", "w2")
      #expect(cordoned.output == "worker w1 cordoned\nworker w2 cordoned\n")
      let uncordoned = await controller.aspen("uncordon", "w1")
      #expect(uncordoned.output == "worker w1 takes streams again\n")
      #expect(
        controller.received.map(\.body) == [
          ["spec": ["cordoned": true]], ["spec": ["cordoned": true]],
          ["spec": ["cordoned": false, "draining": false]],
        ])
      #expect(ifMatch.value == ["*", "*", "*"])
    }
  }

  private static let streams = """
    {"items":[
    {"name":"a","spec":{"camera":"c1"},"status":{"phase":"streaming","worker":"w1","source_fps":25,
    "viewers":1,"frames_encoded":100,"reconnects":0}},
    {"name":"b","spec":{"camera":"c1"},"status":{"phase":"failing","worker":"w1","viewers":3,
    "reconnects":7}},
    {"name":"c","spec":{"camera":"c2"},"status":{"phase":"unassigned","viewers":0}}]}
    """

  @Test("top shows load and sums, greatest first, by the column that is named")
  func top() async throws {
    try await TestController.run([
      "GET /v1/streams?limit=500": .json(Self.streams),
      "GET /v1/workers?limit=500": .json(
        """
        {"items":[{"name":"w0","status":{"phase":"ready","streams":1,"capacity_streams":20}},
        {"name":"w1","status":{"phase":"ready","streams":2,"capacity_streams":8}}]}
        """),
    ]) { controller in
      let workers = await controller.aspen("top", "workers")
      #expect(
        workers.output == """
          NAME  PHASE  STREAMS  CAPACITY  LOAD  FPS  VIEWERS  RECONNECTS
          w1    ready  2        8         25 %  25   4        7
          w0    ready  1        20        5 %   0    0        0

          """)
      let streams = await controller.aspen("top", "streams", "--sort", "reconnects")
      #expect(
        streams.output == """
          NAME  WORKER  PHASE       FPS  VIEWERS  FRAMES  RECONNECTS
          b     w1      failing     -    3        -       7
          a     w1      streaming   25   1        100     0
          c     -       unassigned  -    0        -       -

          """)
      let json = await controller.aspen("top", "streams", "-o", "json", "--watch", "--count", "1")
      let printed = try JSONValue(parsing: Array(json.output.utf8))
      #expect(printed.elements?.first?["viewers"] == 3)
      let wrong = await controller.aspen("top", "streams", "--sort", "load")
      #expect(wrong.status == .usage)
    }
  }

  private static let line = """
    {"at":"2026-09-21T13:00:00.000Z","level":"warning","message":"camera lost",
    "fields":{"camera":"yard","reason":"no route \\u001b[2J"}}
    """

  @Test("log lines are printed one a line, without control characters")
  func logs() async throws {
    try await TestController.run([
      "GET /v1/logs?level=warning&request_id=r-1&limit=5": .json("{\"items\":[\(Self.line)]}")
    ]) { controller in
      let outcome = await controller.aspen(
        "logs", "--level", "warning", "--request-id", "r-1", "--limit", "5")
      #expect(outcome.status == .success)
      #expect(
        outcome.output
          == #"2026-09-21T13:00:00.000Z warning camera lost camera=yard reason="no route \u001b[2J""#
          + "\n")
    }
  }

  @Test("a table that is shown again and again outlasts a controller that is away for a while")
  func topOutlasts() async throws {
    let count = Collected(0)
    let answer: TestController.Answer = { _ in
      count.update { $0 += 1 }
      return count.value == 2 ? .problem(status: 503, detail: "no database") : .json(Self.streams)
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen(
        "top", "streams", "--watch", "--count", "2", "--interval", "1s")
      #expect(outcome.status == .success)
      #expect(outcome.output.split(separator: "\n").count { $0.hasPrefix("NAME") } == 2)
      #expect(outcome.errors.contains("no database; looking again"))
    }
  }

  @Test("following the log prints each line once, and goes on after a lost connection")
  func follow() async throws {
    let connections = Collected(0)
    let answer: TestController.Answer = { request in
      connections.update { $0 += 1 }
      guard request.target == "/v1/logs?follow=true", connections.value <= 2 else {
        return .problem(status: 404, detail: "nothing at \(request.target)")
      }
      let text = Self.line.split(separator: "\n").joined()
      let more = connections.value == 1 ? "" : "data: \(text.replacing("lost", with: "back"))\n\n"
      return HTTPResponse(
        status: 200,
        headers: ["Content-Type": "text/event-stream", "Connection": "close"]
      ) { upgrade in
        // In two pieces: an event need not come as one.
        upgrade.stream.write(Array(": hello\n\nid: 1\ndata: \(text.prefix(20))".utf8))
        upgrade.stream.flush()
        upgrade.stream.write(Array("\(text.dropFirst(20))\n\n\(more)".utf8))
        upgrade.stream.closeAfterFlush(deadline: .seconds(5))
      }
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("logs", "--follow", "-o", "json")
      let printed = try outcome.output.split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))["message"]?.text
      }
      #expect(printed == ["camera lost", "camera back"])
      #expect(outcome.errors.contains("the controller ended the log; connecting again"))
      #expect(outcome.status == .notFound)
    }
  }
}
