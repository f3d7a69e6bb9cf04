import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import AspenWire
import Testing

@testable import AspenWorker

/// A real worker with a camera and several controllers, on real sockets.
@Suite("A worker with several controllers")
struct ManyControllersTests {
  private static let framesPerSecond = 10

  @Test("it learns of a controller from another, and each gets the frames that it wants")
  func learns() async throws {
    try await withWorker { a, b, stream in
      let resources = try #require(b.hellos.first?.resources)
      #expect(resources.cpuMillicores > 0 && resources.codecs.contains("h264"))
      a.desires(1, [stream])
      try await waitUntil("both to see it run") {
        [a, b].allSatisfy { $0.status?.running?.map(\.streamID) == [1] }
      }
      #expect(a.status?.followed(inEpoch: 0) == DesiredVersion(epoch: 1, revision: 1))
      b.demands([1])
      try await waitUntil("frames at b") { b.frames.count >= 3 }
      #expect(a.frames.isEmpty && a.uplinks == 0)
      a.demands([1])
      try await waitUntil("frames at a") { a.frames.count >= 3 }
      b.demands([])
      let count = a.frames.count
      try await waitUntil("more frames at a") { a.frames.count >= count + 3 }
      for controller in [a, b] {
        let sequences = controller.frames.map(\.header.sequence)
        #expect(sequences == Array(1...Int64(sequences.count)))
      }
    }
  }

  @Test("a controller that is stopped or dies does not delay the other, nor touch the camera")
  func independent() async throws {
    try await withWorker { a, b, stream in
      a.desires(1, [stream])
      for controller in [a, b] { controller.demands([1]) }
      try await waitUntil("frames at both") { a.frames.count >= 3 && b.frames.count >= 3 }
      try await a.freeze()
      try await waitUntil("more frames at b") { b.frames.count >= 30 }
      await a.kill()
      try await waitUntil("still more frames at b") { b.frames.count >= 60 }
      #expect(b.uplinks == 1 && b.hellos.count == 1)
      #expect(b.status?.streams.map(\.reconnects) == [0])
      #expect(Set(b.frames.map(\.header.generation)) == [1])
      let sequences = b.frames.map(\.header.sequence)
      #expect(sequences == Array(1...Int64(sequences.count)), "none was skipped")
      let gaps = zip(b.frames.dropFirst(), b.frames).map { $1.at.duration(to: $0.at) }
      let longest = gaps.max() ?? .zero
      // Three intervals of the camera; the machine that runs the tests may be slow for as long again.
      #expect(longest < .milliseconds(6_000 / Self.framesPerSecond), "\(longest)")
    }
  }

  @Test("an older set of another controller changes nothing")
  func olderSet() async throws {
    try await withWorker { a, b, stream in
      a.desires(epoch: 2, 1, [stream])
      try await waitUntil("it to run") { b.status?.running?.count == 1 }
      b.desires(epoch: 1, 99, [])
      // A later one shows that the older one has been read.
      b.desires(epoch: 2, 2, [stream])
      try await waitUntil("the later one to be followed") {
        b.status?.followed(inEpoch: 0) == DesiredVersion(epoch: 2, revision: 2)
      }
      #expect(b.status?.running?.count == 1)
      #expect(b.status?.streams.map(\.reconnects) == [0])
    }
  }

  @Test(
    "without a word of any controller a stream that must stop stops, says so, and waits to be told")
  func lease() async throws {
    try await withWorker(onPartition: .stop, lease: .milliseconds(600)) { a, b, stream in
      a.desires(1, [stream])
      try await waitUntil("it to run") { b.status?.running?.count == 1 }
      a.grantsLeases(false)
      try await waitUntil("the lease to be b's alone, and to go on") {
        b.status?.streams.first?.phase == .streaming
      }
      let hellos = (a.hellos.count, b.hellos.count)
      b.grantsLeases(false)
      try await waitUntil("both connections to be new") {
        a.hellos.count > hellos.0 && b.hellos.count > hellos.1
      }
      try await waitUntil("it to be said") {
        b.status?.streams.first?.message.contains("no controller was heard") == true
          && b.status?.running?.isEmpty == true
      }
      b.grantsLeases(true)
      b.desires(1, [stream])
      try await waitUntil("it to run again") { a.status?.running?.count == 1 }
    }
  }

  /// A worker that is configured with one controller, which tells it of the second.
  private func withWorker(
    onPartition: PartitionRule = .replace, lease: Duration = .seconds(20),
    _ body: (_ a: FakeController, _ b: FakeController, DesiredStream) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    try await Command.run(
      "ffmpeg",
      [
        "-nostdin", "-v", "error", "-f", "lavfi", "-i",
        "testsrc2=s=320x240:r=\(Self.framesPerSecond):d=1", "-c:v", "libx264", "-pix_fmt",
        "yuv420p", "-g", "5", directory.file("clip.mp4"),
      ])
    let stream = DesiredStream(
      streamID: 1, name: "yard", generation: 1,
      cameraSpec: CameraSpec(
        source: .file(try MediaFilePath("clip.mp4", field: "path")), username: nil),
      password: nil, maxFramesPerSecond: nil, maxWidth: nil, onPartition: onPartition)
    try await withLoops(2) { loops in
      let a = try FakeController("A", on: loops[0], lease: lease)
      let b = try FakeController("B", on: loops[1], lease: lease)
      for controller in [a, b] { controller.tells([a.address, b.address]) }
      let worker = try WorkerService(
        WorkerConfiguration(
          controllers: try ControllerAddress.list(a.address), name: try ObjectName("w1"),
          labels: Labels(), capacityStreams: 4, stateDirectory: directory.file("state"),
          mediaDirectory: directory.path, joinToken: Secret("aspen_join_a_b"),
          certificateAuthorityFile: nil),
        log: Log.silent)
      let running = Task { try await worker.run() }
      let result: Result<Void, any Error>
      do {
        try await waitUntil("both controllers to be connected") {
          a.status != nil && b.status != nil
        }
        result = .success(try await body(a, b, stream))
      } catch {
        result = .failure(error)
      }
      await worker.stop()
      try await running.value
      await a.kill()
      await b.kill()
      try result.get()
    }
  }
}
