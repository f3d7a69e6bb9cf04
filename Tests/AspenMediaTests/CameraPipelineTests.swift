import AspenIntegrationSupport
import AspenMedia
import AspenModel
import AspenTestSupport
import Testing

/// Against `deploy/camera.py`, a real RTSP server with digest authentication.
@Suite("Camera pipeline")
struct CameraPipelineTests {
  private static let everything = FrameDemand(framesPerSecond: nil, width: nil)

  @Test(
    "a camera with a password gives complete pictures of its size",
    arguments: [
      ("h264", CameraTransport.tcp), ("h265", .tcp), ("mjpeg", .tcp), ("h264", .udp),
    ])
  func pictures(codec: String, transport: CameraTransport) async throws {
    let camera = try await TestCamera.start(codecs: [codec], user: "cam", password: "s3 c/r:e@t")
    let probe = try PipelineProbe(
      "rtsp://cam:s3%20c%2Fr%3Ae%40t@127.0.0.1:\(camera.port)/\(codec)", transport,
      demand: Self.everything)
    let frame = try await probe.frame()
    #expect((frame.width, frame.height) == (768, 576))
    let picture = try await JPEGCheck(frame.jpeg, width: 768)
    #expect(picture.luma.count == 768 * 576)
    let status = try await probe.status("a measured rate") { $0.sourceFramesPerSecond != nil }
    #expect(status.phase == .streaming)
    #expect(status.codec == (codec == "h265" ? "hevc" : codec))
    #expect(status.width == 768 && status.height == 576)
    #expect(!probe.logLines.value.contains { $0.contains("s3") })
    await probe.pipeline.stop()
    #expect(probe.last?.phase == .stopped)
    await camera.stop()
  }

  @Test("black is black and white is white", arguments: ["h264", "h265", "mjpeg"])
  func colours(codec: String) async throws {
    let directory = try TemporaryDirectory()
    let clip = try await TestClip.blackAndWhite(in: directory)
    let camera = try await TestCamera.start(codecs: [codec], clip: clip)
    // Narrower than the source, so that MJPEG is decoded too.
    let probe = try PipelineProbe(
      camera.address(codec), demand: FrameDemand(framesPerSecond: nil, width: 300))
    for width in [300, 320] {
      let isPassedThrough = codec == "mjpeg" && width == 320
      probe.pipeline.setDemand(FrameDemand(framesPerSecond: nil, width: width))
      let frame = try await probe.frame(of: (width, width == 300 ? 224 : 240))
      let picture = try await JPEGCheck(frame.jpeg, width: width)
      #expect(picture.mean(from: 0.05, to: 0.45) <= (isPassedThrough ? 3 : 2))
      #expect(picture.mean(from: 0.55, to: 0.95) >= (isPassedThrough ? 252 : 253))
    }
    await probe.pipeline.stop()
    await camera.stop()
  }

  @Test("MJPEG passes through whole and is never decoded")
  func passThrough() async throws {
    let camera = try await TestCamera.start(codecs: ["mjpeg"])
    let probe = try PipelineProbe(camera.address("mjpeg"), demand: Self.everything)
    try await probe.status("twenty frames") { $0.framesEncoded >= 20 }
    await probe.pipeline.stop()
    for frame in probe.frames.value.prefix(20) {
      #expect(frame.jpeg.prefix(2) == [0xFF, 0xD8] && frame.jpeg.suffix(2) == [0xFF, 0xD9])
      #expect((frame.width, frame.height) == (768, 576))
    }
    let frame = try #require(probe.frames.value.last)
    #expect(try await JPEGCheck(frame.jpeg, width: 768).luma.count == 768 * 576)
    #expect(probe.last?.framesDecoded == 0)
    await camera.stop()
  }

  @Test("without demand nothing is decoded, and demand brings a picture at once")
  func noDemand() async throws {
    let camera = try await TestCamera.start()
    let probe = try PipelineProbe(camera.address())
    let status = try await probe.status("received frames") { $0.framesReceived >= 15 }
    #expect(status.framesDecoded == 0)
    #expect(status.framesEncoded == 0)
    #expect((status.width, status.height) == (768, 576))
    probe.pipeline.setDemand(FrameDemand(framesPerSecond: nil, width: 320))
    let frame = try await probe.frame()
    #expect((frame.width, frame.height) == (320, 240))
    probe.pipeline.setDemand(nil)
    let settled = try await probe.later(byFrames: 15)
    let quiet = try await probe.later(byFrames: 15)
    #expect(quiet.framesDecoded == settled.framesDecoded)
    #expect(quiet.framesEncoded == settled.framesEncoded)
    await probe.pipeline.stop()
    await camera.stop()
  }

  @Test("a wanted rate is kept, from all frames and from keyframes alone")
  func rateLimit() async throws {
    let camera = try await TestCamera.start()
    let probe = try PipelineProbe(
      camera.address(), demand: FrameDemand(framesPerSecond: 5, width: 160))
    let status = try await probe.status("forty frames") { $0.framesReceived >= 40 }
    #expect(abs(status.framesEncoded - status.framesReceived / 2) <= 3)

    // One keyframe a second: after two of them nothing else has to be decoded.
    probe.pipeline.setDemand(FrameDemand(framesPerSecond: 1, width: 160))
    let before = try await probe.later(byFrames: 25)
    let after = try await probe.later(byFrames: 30)
    let seconds = Double(after.framesReceived - before.framesReceived) / 10
    #expect(abs(Double(after.framesEncoded - before.framesEncoded) - seconds) <= 2)
    #expect(Double(after.framesDecoded - before.framesDecoded) <= seconds + 2)
    await probe.pipeline.stop()
    await camera.stop()
  }

  @Test("a camera that offers only UDP is found by trying, and named when TCP is required")
  func transports() async throws {
    let camera = try await TestCamera.start(transport: .udp)
    let strict = try PipelineProbe(camera.address(), .tcp)
    #expect(try await strict.failure().fault == .unsupportedTransport)
    await strict.pipeline.stop()
    let lenient = try PipelineProbe(camera.address(), .automatic, demand: Self.everything)
    _ = try await lenient.frame()
    await lenient.pipeline.stop()
    await camera.stop()
  }

  @Test("a killed camera is reported, and used again once it is back")
  func comesBack() async throws {
    let first = try await TestCamera.start()
    let probe = try PipelineProbe(first.address(), timeout: .seconds(3), demand: Self.everything)
    _ = try await probe.frame()
    await first.kill()
    let failure = try await probe.failure()
    #expect(failure.fault == .ended || failure.fault == .refused)
    try await probe.status("a refused connection") { $0.fault == .refused }
    let second = try await TestCamera.start(port: first.port)
    let count = probe.frames.value.count
    try await waitUntil("a frame after the restart", deadline: .seconds(60)) {
      probe.frames.value.count > count
    }
    await probe.pipeline.stop()
    #expect((probe.last?.reconnects ?? 0) >= 1)
    await second.stop()
  }

  @Test("a camera that hangs is given up after the stall timeout")
  func stalls() async throws {
    let camera = try await TestCamera.start()
    let probe = try PipelineProbe(camera.address(), timeout: .seconds(2))
    try await probe.status("streaming") { $0.phase == .streaming }
    camera.freeze()
    #expect(try await probe.failure().fault == .stalled)
    camera.thaw()
    try await waitUntil("streaming again", deadline: .seconds(60)) {
      probe.last?.phase == .streaming
    }
    await probe.pipeline.stop()
    await camera.stop()
  }

  @Test("a hundred connections leave no socket and no thread behind, and stopping is quick")
  func leavesNothing() async throws {
    let camera = try await TestCamera.start(user: "cam", password: "s3cret")
    var stops: [Duration] = []
    for number in 0..<100 {
      let password = number % 4 == 3 ? "wrong" : "s3cret"
      let probe = try PipelineProbe("rtsp://cam:\(password)@127.0.0.1:\(camera.port)/h264")
      try await probe.status("an outcome") { $0.phase == .streaming || $0.phase == .failing }
      let start = ContinuousClock.now
      await probe.pipeline.stop()
      stops.append(ContinuousClock.now - start)
      #expect(probe.last?.phase == .stopped)
    }
    #expect(stops.sorted()[50] < .milliseconds(500))
    try await waitUntil("closed sockets") { try OpenSockets.count(toPort: camera.port) == 0 }
    await camera.stop()
  }

  @Test("stopping interrupts a connection that is being made")
  func stopsWhileConnecting() async throws {
    let listener = try SilentListener()
    let probe = try PipelineProbe("rtsp://127.0.0.1:\(listener.port)/x", timeout: .seconds(60))
    try await waitUntil("a connection") { try OpenSockets.count(toPort: listener.port) == 1 }
    let start = ContinuousClock.now
    await probe.pipeline.stop()
    #expect(ContinuousClock.now - start < .seconds(10))
    await probe.pipeline.stop()
  }
}
