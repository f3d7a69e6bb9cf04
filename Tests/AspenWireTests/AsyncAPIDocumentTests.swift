import AspenModel
import AspenWire
import Foundation
import Testing

/// Holds `api/asyncapi.yaml` against the messages: every field that is sent is a property there, and
/// every message type and subprotocol is named.
@Suite("The AsyncAPI document")
struct AsyncAPIDocumentTests {
  private static let status = StreamStatus(
    streamID: 1, generation: 2, phase: .failing, fault: .refused, message: "m", codec: "h264",
    width: 3, height: 4, sourceFramesPerSecond: 5, framesEncoded: 6, reconnects: 7,
    specGeneration: 8, cameraGeneration: 9, cpuMillicores: 10)

  private static func messages() throws -> [String] {
    let camera = CameraSpec(source: .file(try MediaFilePath("a.mp4", field: "path")), username: nil)
    let desired = DesiredStream(
      streamID: 1, name: "n", generation: 2, cameraSpec: camera, password: Secret("p"),
      maxFramesPerSecond: 3, maxWidth: 4, specGeneration: 5, cameraGeneration: 6,
      onPartition: .stop)
    let demand = FrameDemand(framesPerSecond: 5, width: 640)
    let version = DesiredVersion(epoch: 1, revision: 2)
    return [
      WorkerMessage.hello(
        .init(
          version: "1", capacityStreams: 2, labels: [:],
          running: [.init(streamID: 1, generation: 2)],
          resources: WorkerResources(
            cpuMillicores: 1, memoryMiB: 2, accelerators: ["a"], codecs: ["h264"]),
          accepts: ["heard"])
      ).text,
      WorkerMessage.heartbeat(.init(sequence: 1, followed: version)).text,
      WorkerMessage.status(
        .init(
          streams: [status], followed: version,
          running: [.init(streamID: 1, generation: 2)])
      ).text,
      ControllerMessage.welcome(
        .init(
          workerName: "w", heartbeatMilliseconds: 1, leaseMilliseconds: 2, controllerID: "c",
          controllers: ["http://a"])
      ).text,
      ControllerMessage.controllers(.init(addresses: ["http://a"])).text,
      ControllerMessage.heard(.init(sequence: 1)).text,
      ControllerMessage.desired(.init(version: version, streams: [desired])).text,
      ControllerMessage.demand(
        .init(revision: 1, streams: [.init(streamID: 1, demand: demand)])
      ).text,
    ]
  }

  private static func names(in json: JSONValue) -> Set<String> {
    switch json {
    case .object(let members):
      members.reduce(into: []) { names, member in
        names.insert(member.name)
        names.formUnion(Self.names(in: member.value))
      }
    case .array(let elements):
      elements.reduce(into: []) { $0.formUnion(Self.names(in: $1)) }
    default: []
    }
  }

  private static func document() throws -> String {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../api/asyncapi.yaml")
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test("every field of every control message is a property in the document")
  func fields() throws {
    let document = try Self.document()
    let properties = Set(
      document.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { $0.contains(":") }.map { String($0.prefix { $0 != ":" }) })
    for message in try Self.messages() {
      let sent = Self.names(in: try JSONValue(parsing: Array(message.utf8)))
      #expect(sent.subtracting(properties).sorted() == [], "\(message)")
    }
  }

  @Test("every message type and subprotocol is in the document")
  func types() throws {
    let document = try Self.document()
    for message in try Self.messages() {
      let type = try #require(JSONValue(parsing: Array(message.utf8))["type"]?.text)
      #expect(document.contains("const: \(type)"), "\(type)")
    }
    for name in [
      WireProtocol.control, WireProtocol.uplink, WireProtocol.frames, WireProtocol.watch,
    ] {
      #expect(document.contains(name))
    }
  }
}
