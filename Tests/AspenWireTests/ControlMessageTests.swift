import AspenModel
import AspenWire
import Testing

@Suite("Control messages")
struct ControlMessageTests {
  static let workerMessages: [WorkerMessage] = [
    .hello(.init(version: "0.1.0", capacityStreams: 20, labels: [:], running: [])),
    .hello(
      .init(
        version: "0.2.0", capacityStreams: 20, labels: [:], running: [],
        resources: WorkerResources(
          cpuMillicores: 1500, memoryMiB: .max, accelerators: ["é"], codecs: ["h264"]),
        accepts: ["heard"])),
    .hello(
      .init(
        version: "é\"\\\n", capacityStreams: 0, labels: ["site": "a/b", "gpu": ""],
        running: [.init(streamID: .max, generation: .min), .init(streamID: 1, generation: 2)])),
    .heartbeat(.init(sequence: 1, followed: .init(epoch: 3, revision: .max))),
    .status(.init(streams: [])),
    .status(
      .init(streams: [
        StreamStatus(streamID: 1, generation: 2, phase: .connecting, message: "opening"),
        StreamStatus(
          streamID: 2, generation: 9, phase: .failing, fault: .notFound, message: "404 é",
          codec: "h264", width: 1920, height: 1080, sourceFramesPerSecond: 29.97,
          framesEncoded: .max, reconnects: 3),
      ])),
    .status(
      .init(
        streams: [
          StreamStatus(
            streamID: 1, generation: 2, phase: .streaming, message: "", specGeneration: 4,
            cameraGeneration: .max, cpuMillicores: 120)
        ],
        followed: .init(epoch: 3, revision: 7), running: [.init(streamID: 1, generation: 2)])),
  ]

  @Test("a worker's messages survive writing and reading", arguments: workerMessages)
  func worker(_ message: WorkerMessage) throws {
    #expect(try WorkerMessage(parsing: message.text) == message)
  }

  @Test("a controller's messages survive writing and reading")
  func controller() throws {
    let spec = try CameraSpecInput(
      json: ["address": "rtsp://h:8554/x?a=b&c", "username": "admin", "password": "hunter2"])
    let stream = DesiredStream(
      streamID: 5, name: "yard", generation: 3, cameraSpec: spec.spec, password: spec.password,
      maxFramesPerSecond: 2.5, maxWidth: nil, specGeneration: 4, cameraGeneration: 6)
    let messages: [ControllerMessage] = [
      .welcome(.init(workerName: "w1", heartbeatMilliseconds: 1000, leaseMilliseconds: 3000)),
      .welcome(
        .init(
          workerName: "w1", heartbeatMilliseconds: 1, leaseMilliseconds: 2, controllerID: "é",
          controllers: ["http://10.0.0.1:8480", "https://b"])),
      .controllers(.init(addresses: [])), .controllers(.init(addresses: ["http://10.0.0.1:8480"])),
      .heard(.init(sequence: .max)),
      .desired(.init(version: .init(epoch: 0, revision: 1), streams: [])),
      .desired(.init(version: .init(epoch: .max, revision: 2), streams: [stream])),
      .demand(
        .init(
          revision: 3,
          streams: [
            .init(streamID: 5, demand: FrameDemand(framesPerSecond: nil, width: nil)),
            .init(streamID: 6, demand: FrameDemand(framesPerSecond: 0.5, width: 640)),
          ])),
    ]
    for message in messages {
      #expect(try ControllerMessage(parsing: message.text) == message)
    }
  }

  @Test("the text is the documented JSON")
  func text() throws {
    let heartbeat = WorkerMessage.heartbeat(
      .init(sequence: 4, followed: .init(epoch: 3, revision: 9)))
    #expect(
      heartbeat.text
        == #"{"body":{"desired_epoch":3,"desired_revision":9,"sequence":4},"type":"heartbeat"}"#)
    let welcome = ControllerMessage.welcome(
      .init(workerName: "w1", heartbeatMilliseconds: 1, leaseMilliseconds: 2))
    #expect(
      welcome.text
        == #"{"body":{"heartbeat_ms":1,"lease_ms":2,"worker":"w1"},"type":"welcome"}"#)
  }

  @Test("a desired stream brings its camera and credentials, and never prints the password")
  func desiredStream() throws {
    let input = try CameraSpecInput(json: ["address": "rtsp://admin:hunter2@h/x"])
    let stream = DesiredStream(
      streamID: 5, name: "yard", generation: 3, cameraSpec: input.spec, password: input.password,
      maxFramesPerSecond: nil, maxWidth: 640)
    let camera = try stream.camera()
    #expect(camera.spec == input.spec)
    #expect(
      camera.credentials == Credentials(username: "admin", password: Secret("hunter2")))
    let message = ControllerMessage.desired(
      .init(version: .init(epoch: 7, revision: 1), streams: [stream]))
    for value in [stream, message, [stream]] as [Any] {
      var dumped = ""
      dump(value, to: &dumped)
      #expect(!(dumped + "\(value)" + String(reflecting: value)).contains("hunter2"))
    }
  }

  @Test("a stream without a user has no credentials, and a damaged spec is refused by field")
  func damagedSpec() throws {
    let file = try CameraSpecInput(json: ["type": "file", "path": "clip.avi"]).spec
    let stream = DesiredStream(
      streamID: 1, name: "a", generation: 1, cameraSpec: file, password: nil,
      maxFramesPerSecond: nil, maxWidth: nil)
    #expect(try stream.camera().credentials == nil)
    let good = ControllerMessage.desired(
      .init(version: .init(epoch: 7, revision: 1), streams: [stream])
    ).text
    for (place, broken) in [("clip.avi", "../x"), ("{\\\"type", "{type"), ("file", "exec")] {
      #expect(good.contains(place))
      let message = try ControllerMessage(parsing: replacing(place, by: broken, in: good))
      var streams: [DesiredStream] = []
      if case .desired(let set) = message { streams = set.streams }
      let damaged = try #require(streams.first)
      #expect(throws: ValidationError.self) { try damaged.camera() }
    }
  }

  @Test(
    "malformed messages are refused in words",
    arguments: [
      "", " ", "null", "[]", "{}", "hello", "{\"type\":1}", "{\"type\":null,\"body\":{}}",
      "{\"type\":\"hello\"}", "{\"type\":\"hello\",\"body\":[]}",
      "{\"type\":\"heartbeat\",\"body\":{\"sequence\":1}}",
      "{\"type\":\"heartbeat\",\"body\":{\"sequence\":\"1\",\"desired_revision\":1}}",
      "{\"type\":\"heartbeat\",\"body\":{\"sequence\":1e30,\"desired_revision\":1}}",
      "{\"type\":\"status\",\"body\":{\"streams\":[{}]}}",
      "{\"type\":\"desired\",\"body\":{\"revision\":1,\"streams\":{}}}",
      "{\"type\":\"shutdown\",\"body\":{}}", "{\"type\":\"hello\",\"body\":{}", "\u{0}",
    ])
  func malformed(_ text: String) {
    #expect(throws: ControlError.self) { try WorkerMessage(parsing: text) }
    #expect(throws: ControlError.self) { try ControllerMessage(parsing: text) }
  }

  @Test("each side refuses the other's messages")
  func wrongSide() {
    let welcome = ControllerMessage.welcome(
      .init(workerName: "w", heartbeatMilliseconds: 1, leaseMilliseconds: 1))
    #expect(throws: ControlError.self) { try WorkerMessage(parsing: welcome.text) }
    for message in Self.workerMessages {
      #expect(throws: ControlError.self) { try ControllerMessage(parsing: message.text) }
    }
  }

  @Test("a status of an earlier version is read, and says nothing of what it does not know")
  func earlierStatus() throws {
    let text = #"{"body":{"streams":[]},"type":"status"}"#
    let status = WorkerMessage.Status(streams: [])
    #expect(try WorkerMessage(parsing: text) == .status(status))
    #expect(WorkerMessage.status(status).text == text)
    #expect(status.followed(inEpoch: 4) == nil && status.running == nil)
  }

  @Test("a worker of an earlier version follows revisions of whatever epoch there is")
  func earlierEpoch() throws {
    let heartbeat = #"{"body":{"desired_revision":9,"sequence":4},"type":"heartbeat"}"#
    guard case .heartbeat(let body) = try WorkerMessage(parsing: heartbeat) else {
      Issue.record("no heartbeat")
      return
    }
    #expect(body.followed(inEpoch: 5) == DesiredVersion(epoch: 5, revision: 9))
    let desired = #"{"body":{"revision":9,"streams":[]},"type":"desired"}"#
    let set = ControllerMessage.DesiredSet(version: .init(epoch: 0, revision: 9), streams: [])
    guard case .desired(let read) = try ControllerMessage(parsing: desired) else {
      Issue.record("no desired set")
      return
    }
    #expect(read.version == set.version)
  }

  @Test("a later leadership is newer than any revision")
  func versions() {
    let versions = [
      DesiredVersion.none, .init(epoch: 0, revision: 1), .init(epoch: 1, revision: 9),
      .init(epoch: 2, revision: 1), .init(epoch: 2, revision: 2),
    ]
    #expect(versions.reversed().sorted() == versions)
    #expect(versions[3].description == "2.1")
  }

  @Test("a rule for partitions that this version does not know is the controllers' business")
  func partitionRules() throws {
    func stream(_ rule: PartitionRule) throws -> DesiredStream {
      DesiredStream(
        streamID: 1, name: "a", generation: 1,
        cameraSpec: CameraSpec(
          source: .file(try MediaFilePath("clip.avi", field: "path")), username: nil),
        password: nil, maxFramesPerSecond: nil, maxWidth: nil, onPartition: rule)
    }
    #expect(try PartitionRule.allCases.filter { try stream($0).stopsWithoutLease } == [.stop])
    let text = ControllerMessage.desired(
      .init(version: .init(epoch: 1, revision: 1), streams: [try stream(.stop)])
    ).text
    let later = try ControllerMessage(parsing: replacing("\"stop\"", by: "\"ask\"", in: text))
    guard case .desired(let set) = later else {
      Issue.record("no desired set")
      return
    }
    #expect(set.streams.map(\.stopsWithoutLease) == [false])
  }

  @Test("a worker is not told a camera's site, so that a move alone does not restart the camera")
  func siteStaysHome() throws {
    func stream(_ site: String?) throws -> DesiredStream {
      DesiredStream(
        streamID: 1, name: "a", generation: 1,
        cameraSpec: CameraSpec(
          source: .file(try MediaFilePath("clip.avi", field: "path")), username: nil,
          site: try site.map { try ObjectName($0) }),
        password: nil, maxFramesPerSecond: nil, maxWidth: nil)
    }
    #expect(try stream("hq") == stream(nil))
    #expect(try stream("hq").camera().spec.site == nil)
  }

  @Test("fields of a later version are passed over")
  func forwardCompatible() throws {
    let text = """
      {"type":"heartbeat","since":"1.0",
      "body":{"sequence":1,"desired_epoch":3,"desired_revision":2,"load":0.5}}
      """
    #expect(
      try WorkerMessage(parsing: text)
        == .heartbeat(.init(sequence: 1, followed: .init(epoch: 3, revision: 2))))
  }

  @Test("every truncation of every message is refused")
  func truncations() {
    for message in Self.workerMessages {
      let characters = Array(message.text)
      for end in characters.indices {
        #expect(throws: ControlError.self) {
          try WorkerMessage(parsing: String(characters[..<end]))
        }
      }
    }
  }

  @Test("an unknown type is cut in the error")
  func longType() {
    let text = "{\"type\":\"\(String(repeating: "x", count: 10_000))\",\"body\":{}}"
    #expect { try WorkerMessage(parsing: text) } throws: { "\($0)".utf8.count < 100 }
  }

  private func replacing(_ old: String, by new: String, in text: String) -> String {
    let parts = text.split(separator: old, omittingEmptySubsequences: false)
    return parts.joined(separator: new)
  }
}
