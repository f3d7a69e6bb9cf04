import AspenHTTP
import AspenModel
import Testing

@testable import AspenCommands

@Suite("Commands", .serialized)
struct CommandTests {
  static let yard = """
    {"kind":"camera","id":1,"name":"yard","labels":{"site":"hof"},"generation":1,
    "resource_version":4,"created_at":"2026-09-21T13:00:00.000Z",
    "updated_at":"2026-09-21T13:00:00.000Z",
    "spec":{"type":"rtsp","address":"rtsp://10.0.0.7/s1","transport":"tcp","username":"admin"},
    "status":{"phase":"failing","fault":"refused","message":"10.0.0.7:554 refused the connection",
    "streams":["yard"]}}
    """
  static let gate = """
    {"kind":"camera","id":2,"name":"gate","labels":{},"generation":1,"resource_version":5,
    "created_at":"2026-09-21T13:19:00.000Z","updated_at":"2026-09-21T13:19:00.000Z",
    "spec":{"type":"file","path":"gate.mp4"},
    "status":{"phase":"streaming","message":"","codec":"h264","width":1280,"height":720,
    "source_fps":12.5,"streams":["gate"]}}
    """
  /// 2026-09-21T13:20:00Z
  static let now: Int64 = 1_789_996_800_000_000

  @Test("a list is a table sorted by name, with the short reason of what is down")
  func list() async throws {
    try await TestController.run([
      "GET /v1/cameras?limit=500": .json("{\"items\":[\(Self.yard),\(Self.gate)]}")
    ]) { controller in
      let outcome = await controller.aspen("camera", "list", now: Self.now)
      #expect(outcome.status == .success)
      #expect(
        outcome.output == """
          NAME  ADDRESS             PHASE      SIZE      FPS   AGE  REASON
          gate  gate.mp4            streaming  1280x720  12.5  60s  -
          yard  rtsp://10.0.0.7/s1  failing    -         -     20m  refused: 10.0.0.7:554 refused the connection

          """)
      #expect(controller.received.first?.authorization == "Bearer aspen_op_test")
    }
  }

  @Test("a list without items says so on standard error and prints nothing")
  func emptyList() async throws {
    try await TestController.run(["GET /v1/workers?limit=500": .json(#"{"items":[]}"#)]) {
      controller in
      let outcome = await controller.aspen("worker", "list")
      #expect(outcome.status == .success)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors == "there is no worker\n")
      #expect(await controller.aspen("worker", "list", "-o", "json").output == "[]\n")
    }
  }

  @Test("a camera's details say why it is down")
  func details() async throws {
    try await TestController.run(["GET /v1/cameras/yard": .json(Self.yard)]) { controller in
      let outcome = await controller.aspen("camera", "get", "yard", now: Self.now)
      #expect(
        outcome.output == """
          Name:       yard
          Address:    rtsp://10.0.0.7/s1
          Transport:  tcp
          Username:   admin
          Labels:     site=hof
          Phase:      failing
          Fault:      refused
          Message:    10.0.0.7:554 refused the connection
          Streams:    yard
          Age:        20m

          """)
    }
  }

  @Test("JSON and YAML print the whole resource")
  func formats() async throws {
    try await TestController.run(["GET /v1/cameras/gate": .json(Self.gate)]) { controller in
      let json = await controller.aspen("camera", "get", "gate", "-o", "json")
      let printed = try JSONValue(parsing: Array(json.output.utf8))
      let sent = try JSONValue(parsing: Array(Self.gate.utf8))
      #expect(printed == sent)
      let yaml = await controller.aspen("camera", "get", "gate", "-o", "yaml")
      #expect(yaml.output.contains("spec:\n  path: gate.mp4\n  type: file\n"))
    }
  }

  @Test("a password comes from standard input, and one in the address is taken out of it")
  func passwords() async throws {
    try await TestController.run(["POST /v1/cameras": .json(Self.yard, status: 201)]) {
      controller in
      let piped = await controller.aspen(
        "camera", "add", "yard", "rtsp://10.0.0.7/s1", "--username", "admin",
        "--password-stdin", "--labels", "site=hof", input: "pa:ss@word")
      #expect(piped.status == .success)
      #expect(piped.output == "camera yard added\n")
      let inAddress = await controller.aspen(
        "camera", "add", "yard", "rtsp://admin:pa%3Ass%40word@10.0.0.7/s1")
      #expect(inAddress.status == .success)
      let bodies = controller.received.compactMap(\.body)
      #expect(bodies.count == 2)
      for body in bodies {
        #expect(body["spec"]?["address"]?.text == "rtsp://10.0.0.7/s1")
        #expect(body["spec"]?["username"]?.text == "admin")
        #expect(body["spec"]?["password"]?.text == "pa:ss@word")
      }
      #expect(bodies.first?["labels"] == ["site": "hof"])
    }
  }

  @Test("a camera with stream options brings its own stream")
  func cameraWithStream() async throws {
    try await TestController.run([
      "POST /v1/cameras?default_stream=false": .json(Self.yard, status: 201),
      "POST /v1/streams": .json(#"{"name":"yard"}"#, status: 201),
    ]) { controller in
      let outcome = await controller.aspen(
        "camera", "add", "yard", "rtsp://h/x", "--max-fps", "5", "--require", "gpu")
      #expect(outcome.status == .success)
      #expect(
        controller.received.last?.body?["spec"]
          == ["camera": "yard", "max_fps": 5, "require": "gpu"])
    }
  }

  @Test("a stream's wishes, priority and rule for partitions are sent as they are said")
  func wishes() async throws {
    try await TestController.run([
      "POST /v1/streams": .json(#"{"name":"yard"}"#, status: 201)
    ]) { controller in
      let outcome = await controller.aspen(
        "stream", "add", "yard", "--prefer", "site in (a,b):80", "--prefer", "gpu", "--avoid",
        "slow=yes:5", "--priority", "90", "--on-partition", "stop")
      #expect(outcome.status == .success)
      // A document that was read has its members in the order of their names.
      #expect(
        controller.received.last?.body?["spec"]?.serializedText
          == #"{"avoid":[{"selector":"slow=yes","weight":5}],"camera":"yard","#
          + #""on_partition":"stop","prefer":[{"selector":"site in (a,b)","weight":80},"#
          + #"{"selector":"gpu"}],"priority":90}"#)
    }
  }

  @Test("a worker's limits are set, and 0 takes one away")
  func limits() async throws {
    try await TestController.run([
      "GET /v1/workers/w1": .json(#"{"name":"w1","resource_version":3}"#),
      "PATCH /v1/workers/w1": .json(#"{"name":"w1","resource_version":4}"#),
    ]) { controller in
      let outcome = await controller.aspen(
        "worker", "update", "w1", "--cpu-millicores", "4000", "--memory-mib", "0")
      #expect(outcome.status == .success, "\(outcome.errors)")
      let spec = controller.received.last?.body?["spec"]
      #expect(spec?["cpu_millicores"] == 4000)
      #expect(spec?["memory_mib"] == .null)
      #expect(spec?["cordoned"] == nil)
    }
  }

  @Test("when the stream is refused the camera goes too, and the reason is told")
  func cameraRolledBack() async throws {
    try await TestController.run([
      "POST /v1/cameras?default_stream=false": .json(Self.yard, status: 201),
      "POST /v1/streams": .problem(status: 400, detail: "/spec/require has a bad term"),
      "DELETE /v1/cameras/yard": HTTPResponse(status: 204),
    ]) { controller in
      let outcome = await controller.aspen(
        "camera", "add", "yard", "rtsp://h/x", "--require", "=")
      #expect(outcome.status == .refused)
      #expect(outcome.errors == "aspen: /spec/require has a bad term\n")
      #expect(controller.received.last?.method == "DELETE")
    }
  }

  @Test(
    "an update sends only what was named, as a merge patch",
    arguments: [
      ("--address rtsp://h/y", #"{"spec":{"type":"rtsp","address":"rtsp://h/y","path":null}}"#),
      (
        "--transport udp --labels a=b,c-",
        #"{"labels":{"a":"b","c":null},"spec":{"transport":"udp"}}"#
      ),
      ("--no-credentials", #"{"spec":{"username":null,"password":null}}"#),
      (
        "--file a.mp4",
        #"""
        {"spec":{"type":"file","path":"a.mp4","address":null,"transport":null,"username":null,
        "password":null,"single_session":null}}
        """#
      ),
    ])
  func update(options: String, body: String) async throws {
    try await TestController.run([
      "GET /v1/cameras/yard": .json(Self.yard).with("ETag", "\"4\""),
      "PATCH /v1/cameras/yard": .json(Self.yard),
    ]) { controller in
      let arguments = ["camera", "update", "yard"] + options.split(separator: " ").map(String.init)
      let outcome = await CommandOutcome.of(
        arguments + ["--server", controller.address])
      #expect(outcome.status == .success)
      let expected = try JSONValue(parsing: Array(body.utf8))
      #expect(controller.received.last?.body == expected)
      #expect(controller.received.last?.headers["If-Match"] == "\"4\"")
    }
  }

  @Test("a new join token is all that goes to standard output")
  func token() async throws {
    try await TestController.run([
      "POST /v1/join-tokens": .json(
        #"{"name":"t","token":"aspen_join_1_secret","status":{}}"#, status: 201)
    ]) { controller in
      let outcome = await controller.aspen(
        "join-token", "create", "t", "--uses", "2", "--expires-in", "1h")
      #expect(outcome.status == .success)
      #expect(outcome.output == "aspen_join_1_secret\n")
      #expect(
        controller.received.first?.body
          == ["name": "t", "spec": ["expires_in_seconds": 3600, "uses": 2]])
    }
  }

  @Test("deleting several stops at the first that fails")
  func delete() async throws {
    try await TestController.run([
      "DELETE /v1/assignments/a": HTTPResponse(status: 204),
      "DELETE /v1/assignments/c": HTTPResponse(status: 204),
    ]) { controller in
      let outcome = await controller.aspen("assignment", "delete", "a", "b", "c")
      #expect(outcome.status == .notFound)
      #expect(outcome.output == "assignment a evicted\n")
      #expect(controller.received.prefix(2).map(\.method) == ["DELETE", "DELETE"])
      #expect(!controller.received.contains { $0.target == "/v1/assignments/c" })
    }
  }

  @Test("a refused token ends with status 4 and says where a token can come from")
  func unauthorized() async throws {
    let answer: TestController.Answer = { _ in
      .problem(
        status: 401, detail: "the token is not valid",
        type: "https://aspen.invalid/problems/unauthorized")
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("camera", "list")
      #expect(outcome.status == .unauthorized)
      #expect(
        outcome.errors
          == "aspen: the token is not valid\n  the token is not valid here: aspen login "
          + "\(controller.address), --token-file or ASPEN_TOKEN\n")
    }
  }

  @Test("the status counts by phase and names what does not stream")
  func status() async throws {
    try await TestController.run([
      "GET /readyz": .json(#"{"status":"ok"}"#),
      "GET /v1/cameras?limit=500": .json("{\"items\":[\(Self.yard),\(Self.gate)]}"),
      "GET /v1/streams?limit=500": .json(#"{"items":[]}"#),
      "GET /v1/workers?limit=500": .json(
        #"{"items":[{"name":"w1","status":{"phase":"ready","streams":2,"capacity_streams":20}}]}"#),
    ]) { controller in
      let outcome = await controller.aspen("status")
      #expect(
        outcome.output == """
          controller  \(controller.address)  ready
          cameras     2\(String(repeating: " ", count: controller.address.count - 1))  1 failing, 1 streaming
          streams     0
          workers     1\(String(repeating: " ", count: controller.address.count - 1))  1 ready, 2 of 20 places taken

          NOT STREAMING  PHASE    REASON
          yard           failing  refused: 10.0.0.7:554 refused the connection

          """)
      let json = await controller.aspen("status", "-o", "json")
      let document = try JSONValue(parsing: Array(json.output.utf8))
      #expect(document["cameras"] == ["failing": 1, "streaming": 1, "total": 2])
      #expect(document["not_streaming"]?.elements?.count == 1)
    }
  }

  @Test("a controller without its database is running but not ready")
  func notReady() async throws {
    try await TestController.run([
      "GET /readyz": .problem(status: 503, detail: "PostgreSQL is away")
    ]) { controller in
      let outcome = await controller.aspen("status")
      #expect(outcome.status == .refused)
      #expect(
        outcome.errors
          == "aspen: \(controller.address) is running but not ready: PostgreSQL is away\n")
    }
  }
}
