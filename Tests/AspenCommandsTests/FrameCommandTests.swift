import AspenClient
import AspenHTTP
import AspenModel
import AspenNet
import AspenTestSupport
import AspenWebSocket
import AspenWire
import Foundation
import Testing

@testable import AspenCommands

@Suite("Frames", .serialized)
struct FrameCommandTests {
  static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xD9]

  /// A controller that answers the frame request with `messages` frames, one every
  /// millisecond, each a hundredth of a second old.
  private func sending(_ count: Int, then close: UInt16? = nil) -> TestController.Answer {
    { request in
      guard request.pathSegments == ["v1", "streams", "yard", "frames"] else {
        return .problem(status: 404, detail: "there is no stream of this name")
      }
      return WebSocketServer.upgrade(request, subprotocols: [WireProtocol.frames]) { connection in
        for sequence in 0..<count {
          let header = FrameHeader(
            streamID: 7, generation: 1, sequence: Int64(sequence + 1),
            captureMicroseconds: 1_789_999_999_990_000, width: 640, height: 360)
          connection.loop.schedule(after: .milliseconds(sequence)) {
            connection.send(binary: header.message(jpeg: Self.jpeg))
          }
        }
        if let close {
          connection.loop.schedule(after: .milliseconds(count)) {
            connection.close(code: close, reason: "the stream was deleted")
          }
        }
      }
    }
  }

  @Test("a snapshot is the first frame's picture in a file")
  func snapshot() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("yard.jpg")
    try await TestController.run(answer: sending(1)) { controller in
      let outcome = await controller.aspen("snapshot", "yard", "-f", path, "--width", "640")
      #expect(outcome.errors == "")
      #expect(outcome.output == "\(path): 640x360, 4 bytes\n")
      #expect(outcome.status == .success)
      #expect(
        controller.received.first?.target == "/v1/streams/yard/frames?mode=header&width=640")
      #expect(controller.received.first?.authorization == "Bearer aspen_op_test")
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == Data(Self.jpeg))
  }

  @Test("a snapshot that gets no frame ends with the time-out's status and the reason")
  func snapshotTimeout() async throws {
    let frames = sending(0)
    let answer: TestController.Answer = { request in
      if request.target == "/v1/streams/yard" {
        return .json(
          #"{"name":"yard","status":{"phase":"failing","fault":"refused","message":"no route"}}"#)
      }
      return await frames(request)
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("snapshot", "yard", "--timeout", "1s")
      #expect(outcome.status == .timeout)
      #expect(
        outcome.errors == "aspen: no frame of yard within 1 s\n  failing: refused: no route\n")
    }
  }

  @Test("a stream that is not there ends with the status of what is not found")
  func unknownStream() async throws {
    try await TestController.run(answer: sending(1)) { controller in
      for command in [["snapshot", "gate"], ["watch", "frames", "gate"]] {
        let outcome = await CommandOutcome.of(command + ["--server", controller.address])
        #expect(outcome.status == .notFound)
        #expect(outcome.errors == "aspen: there is no stream of this name\n")
      }
    }
  }

  @Test("watching ends after the frames that were asked for and reports them")
  func watch() async throws {
    // Frames that nobody took in time are dropped: a busy machine needs many until three are taken.
    try await TestController.run(answer: sending(10_000)) { controller in
      let outcome = await controller.aspen(
        "watch", "frames", "yard", "--count", "3", "-o", "json", now: 1_790_000_000_000_000)
      #expect(outcome.status == .success)
      let lines = try outcome.output.split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))
      }
      #expect(lines.compactMap { $0["frames"]?.wholeNumber }.reduce(0, +) == 3)
      // A busy machine may report a second without frames behind them.
      let last = try #require(lines.last { $0["frames"] != 0 })
      #expect(last["width"]?.wholeNumber == 640)
      #expect(last["mean_bytes"]?.wholeNumber == 4)
      #expect(last["age_ms"]?.wholeNumber == 10)
    }
  }

  @Test("watching for a time prints a line a second, also without frames")
  func watchForATime() async throws {
    try await TestController.run(answer: sending(0)) { controller in
      let outcome = await controller.aspen("watch", "frames", "yard", "--duration", "1s")
      #expect(outcome.status == .success, "\(outcome.errors)")
      // A busy machine may print another line before the time is noticed to be up.
      let lines = outcome.output.split(separator: "\n")
      #expect(!lines.isEmpty && lines.allSatisfy { $0 == "0 fps  no frame" })
    }
  }

  @Test("a connection that the controller closes ends with its reason")
  func closed() async throws {
    try await TestController.run(answer: sending(1, then: 1001)) { controller in
      let outcome = await controller.aspen("watch", "frames", "yard")
      #expect(outcome.status == .refused)
      #expect(
        outcome.errors == "aspen: the controller closed the connection: the stream was deleted\n")
    }
  }
}
