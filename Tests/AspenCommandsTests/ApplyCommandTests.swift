import AspenHTTP
import AspenModel
import AspenTestSupport
import Testing

@testable import AspenCommands

@Suite("Apply, diff and plan", .serialized)
struct ApplyCommandTests {
  static let manifest = """
    kind: camera
    name: yard
    spec:
      address: rtsp://10.0.0.7/s1
    ---
    kind: stream
    name: yard
    spec: {camera: yard, max_fps: 10}
    ---
    kind: site
    name: hof
    """
  static let results = """
    "results":[{"kind":"camera","name":"yard","action":"created","changes":[
    {"field":"/spec/address","after":"rtsp://10.0.0.7/s1"}],"resource":{}},
    {"kind":"stream","name":"yard","action":"updated","changes":[
    {"field":"/spec/max_fps","before":5,"after":10}],"resource":{}},
    {"kind":"site","name":"hof","action":"unchanged","changes":[],"resource":{}}]
    """

  @Test("apply sends the documents once, under a key, and prints what became of each")
  func apply() async throws {
    let keys = Collected<[String?]>()
    let answer: TestController.Answer = { request in
      keys.append(request.headers["Idempotency-Key"])
      return .json("{\(Self.results),\"revision\":7}")
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("apply", "-f", "-", input: Self.manifest)
      #expect(outcome.errors.isEmpty)
      #expect(
        outcome.output == """
          camera/yard created
          stream/yard updated
            spec.max_fps: 5 → 10
          site/hof unchanged

          """)
      #expect(outcome.status == .success)
      let request = try #require(controller.received.first)
      #expect(request.method == "POST" && request.target == "/v1/apply")
      #expect(request.body?["documents"]?.elements?.count == 3)
      #expect(
        request.body?["documents"]?.elements?.first
          == ["kind": "camera", "name": "yard", "spec": ["address": "rtsp://10.0.0.7/s1"]])
      #expect(keys.value.count == 1 && (keys.value[0]?.count ?? 0) >= 16)
    }
  }

  @Test("a dry run says so, to the controller and to the reader")
  func dryRun() async throws {
    try await TestController.run([
      "POST /v1/apply?dry_run=true": .json("{\(Self.results),\"revision\":7}")
    ]) { controller in
      let outcome = await controller.aspen("apply", "-f", "-", "--dry-run", input: Self.manifest)
      #expect(outcome.output.hasPrefix("camera/yard created (dry run)\n"))
      let json = await controller.aspen(
        "apply", "-f", "-", "--dry-run", "-o", "json", input: Self.manifest)
      let printed = try JSONValue(parsing: Array(json.output.utf8))
      #expect(printed["revision"] == 7)
    }
  }

  @Test("a problem of a field is told by file, document and line")
  func located() async throws {
    let problem = """
      {"type":"https://aspen.invalid/problems/validation","title":"The request is not valid",
      "status":400,"detail":"no","errors":[
      {"field":"/documents/0/spec/address","reason":"has no host"},
      {"field":"/documents/1/spec/require","reason":"is needed"}]}
      """
    try await TestController.run(["POST /v1/apply": .json(problem, status: 400)]) { controller in
      let outcome = await controller.aspen("apply", "-f", "-", input: Self.manifest)
      #expect(outcome.status == .refused)
      #expect(
        outcome.errors == """
          aspen: standard input: document 1, line 4: spec.address: has no host
            standard input: document 2, line 8: spec.require: is needed

          """)
    }
  }

  @Test("diff prints what would change and ends with 1, and with 0 when nothing would")
  func diff() async throws {
    try await TestController.run([
      "POST /v1/apply?dry_run=true": .json("{\(Self.results),\"revision\":7}")
    ]) { controller in
      let outcome = await controller.aspen("diff", "-f", "-", input: Self.manifest)
      #expect(outcome.status.rawValue == 1)
      #expect(outcome.errors.isEmpty)
      #expect(
        outcome.output == """
          + camera/yard
            + spec.address: "rtsp://10.0.0.7/s1"
          ~ stream/yard
            - spec.max_fps: 5
            + spec.max_fps: 10

          """)
    }
    let same = #"{"results":[{"kind":"site","name":"hof","action":"unchanged"}]}"#
    try await TestController.run(["POST /v1/apply?dry_run=true": .json(same)]) { controller in
      let outcome = await controller.aspen("diff", "-f", "-", input: "kind: site\nname: hof")
      #expect(outcome.status == .success)
      #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
    }
  }

  @Test("a diff that the controller refuses does not look like differences")
  func refusedDiff() async throws {
    let answer: TestController.Answer = { _ in .problem(status: 400, detail: "no") }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("diff", "-f", "-", input: "kind: site\nname: hof")
      #expect(outcome.status == .usage)
      #expect(outcome.errors == "aspen: no\n")
    }
  }

  @Test("a plan shows changes, moves with their reasons, and what has no place")
  func plan() async throws {
    let answer = """
      {"results":[{"kind":"stream","name":"yard","action":"updated","changes":[
      {"field":"/spec/require","after":"gpu"}]}],
      "placements":[{"stream":"yard","action":"move","from":"w1","to":"w2","reason":"w1 has no gpu"},
      {"stream":"gate","action":"place","to":"w1","reason":"least loaded"}],
      "unplaced":[{"stream":"dock","reason":"all workers are full"}]}
      """
    try await TestController.run(["POST /v1/plan": .json(answer)]) { controller in
      let outcome = await controller.aspen("plan")
      #expect(outcome.status == .success)
      #expect(controller.received.first?.body == ["documents": []])
      #expect(
        outcome.output == """
          ~ stream/yard
            + spec.require: "gpu"

          STREAM  ACTION  FROM  TO  REASON
          yard    move    w1    w2  w1 has no gpu
          gate    place   -     w1  least loaded

          WITHOUT A PLACE  REASON
          dock             all workers are full

          """)
    }
  }

  @Test("without a file, or with one that is not there, nothing is sent")
  func noFile() async throws {
    try await TestController.run([:]) { controller in
      for arguments in [["apply"], ["diff"], ["apply", "-f", "/nowhere/a.yaml"]] {
        let outcome = await CommandOutcome.of(arguments + ["--server", controller.address])
        #expect(outcome.status == .usage)
      }
      let empty = await controller.aspen("apply", "-f", "-", input: "---\n")
      #expect(empty.status == .usage)
      #expect(empty.errors == "aspen: -: describes no resource\n")
      #expect(controller.received.isEmpty)
    }
  }

  @Test("control characters of a server's answer do not reach the terminal")
  func terminal() {
    let report = ApplyReport([
      "results": [["kind": "camera", "name": "a\u{1B}[2J", "action": "created", "changes": []]]
    ])
    #expect(report?.text(isDryRun: false) == "camera/a [2J created\n")
  }
}
