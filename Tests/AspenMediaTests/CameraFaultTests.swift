import AspenIntegrationSupport
import AspenMedia
import AspenModel
import AspenTestSupport
import Testing

@Suite("Camera faults")
struct CameraFaultTests {
  @Test("a port where nothing listens is refused, and the message names it without credentials")
  func refused() async throws {
    let port = try SilentListener.freePort()
    let probe = try PipelineProbe("rtsp://cam:s3cret@127.0.0.1:\(port)/h264?token=t0ken")
    let failure = try await probe.failure()
    #expect(failure.fault == .refused)
    #expect(failure.message.contains("127.0.0.1:\(port)"))
    #expect(probe.last?.nextAttempt != nil)
    await probe.pipeline.stop()
    for text in probe.logLines.value + probe.statuses.value.map(\.message) {
      #expect(!text.contains("s3cret") && !text.contains("t0ken"))
    }
  }

  @Test("wrong, missing and misplaced credentials and paths are told apart")
  func refusals() async throws {
    let camera = try await TestCamera.start(user: "cam", password: "s3cret")
    let cases: [(user: String, path: String, fault: CameraFault, words: String)] = [
      ("cam:wrong@", "/h264", .unauthorized, "refuses the user name or password"),
      ("", "/h264", .unauthorized, "asks for a user name"),
      ("cam:s3cret@", "/nosuch", .notFound, "no stream of this path"),
    ]
    for item in cases {
      let probe = try PipelineProbe("rtsp://\(item.user)127.0.0.1:\(camera.port)\(item.path)")
      let failure = try await probe.failure()
      #expect(failure.fault == item.fault)
      #expect(failure.message.contains(item.words))
      await probe.pipeline.stop()
    }
    await camera.stop()
  }

  @Test("a host that takes the connection and never answers times out")
  func silent() async throws {
    let listener = try SilentListener()
    let probe = try PipelineProbe("rtsp://127.0.0.1:\(listener.port)/h264", timeout: .seconds(1))
    #expect(try await probe.failure().fault == .timeout)
    await probe.pipeline.stop()
  }

  @Test("a name that cannot exist is not found")
  func resolution() async throws {
    // A label of 64 characters is malformed, so that no question leaves the machine.
    let host = String(repeating: "a", count: 64)
    let probe = try PipelineProbe("rtsp://\(host)/h264")
    let failure = try await probe.failure()
    #expect(failure.fault == .resolution)
    #expect(failure.message.contains(host))
    await probe.pipeline.stop()
  }

  @Test("a camera that redirects elsewhere is not followed")
  func redirected() async throws {
    let camera = try await TestCamera.start()
    let listener = try SilentListener(
      answer: "RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: \(camera.address())\r\n\r\n")
    let probe = try PipelineProbe(
      "rtsp://127.0.0.1:\(listener.port)/h264",
      demand: FrameDemand(framesPerSecond: nil, width: nil))
    #expect(try await probe.failure().fault == .protocolError)
    await probe.pipeline.stop()
    #expect(probe.frames.value.isEmpty)
    await camera.stop()
  }

  @Test("something that does not speak RTSP is a protocol error")
  func wrongProtocol() async throws {
    let listener = try SilentListener(answer: "HTTP/1.1 400 Bad Request\r\n\r\n\r\n")
    let probe = try PipelineProbe("rtsp://127.0.0.1:\(listener.port)/", timeout: .seconds(2))
    let fault = try await probe.failure().fault
    #expect(fault == .protocolError || fault == .ended)
    await probe.pipeline.stop()
  }
}
