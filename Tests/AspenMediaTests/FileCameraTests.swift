import AspenMedia
import AspenModel
import AspenTestSupport
import Foundation
import Testing

@Suite("File cameras")
struct FileCameraTests {
  private static let everything = FrameDemand(framesPerSecond: nil, width: nil)

  @Test(
    "a file is played in a loop at its own speed without a break",
    arguments: [
      ("clip.mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2"], "h264"),
      ("clip.mkv", ["-c:v", "libx264", "-pix_fmt", "yuv422p10le"], "h264"),
      ("clip.avi", ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p"], "mjpeg"),
      ("clip.mjpeg", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"], "mjpeg"),
      ("old.avi", ["-c:v", "msmpeg4"], "msmpeg4v3"),
    ])
  func loops(name: String, encoder: [String], codec: String) async throws {
    let directory = try TemporaryDirectory()
    try await TestClip.moving(name, in: directory, encoder: encoder)
    let probe = PipelineProbe(
      .file(try MediaFilePath(name, field: "/path")), mediaDirectory: directory.path,
      demand: Self.everything)
    let start = ContinuousClock.now
    let wanted: Int64 = name == "clip.mjpeg" ? 60 : 25
    let status = try await probe.status("more than two loops") { $0.framesReceived >= wanted }
    // 10 frames a second; a bare MJPEG file has no rate, and 25 is assumed.
    #expect(ContinuousClock.now - start > .seconds(1.8))
    #expect(status.codec == codec)
    #expect(status.reconnects == 0)
    await probe.pipeline.stop()
    #expect(!probe.statuses.value.contains { $0.phase == .failing })
    let frame = try #require(probe.frames.value.last)
    #expect((frame.width, frame.height) == (320, 240))
    #expect(try await JPEGCheck(frame.jpeg, width: 320).luma.count == 320 * 240)
  }

  @Test("a missing file, and one that is no video, say so")
  func noFile() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("no video", to: "text.mp4")
    try FileManager.default.createDirectory(
      atPath: directory.file("folder.mp4"), withIntermediateDirectories: false)
    let cases: [(String, CameraFault)] = [
      ("nosuch.mp4", .fileMissing), ("folder.mp4", .fileMissing), ("text.mp4", .protocolError),
    ]
    for (name, fault) in cases {
      let probe = PipelineProbe(
        .file(try MediaFilePath(name, field: "/path")), mediaDirectory: directory.path)
      #expect(try await probe.failure().fault == fault, "\(name)")
      await probe.pipeline.stop()
    }
  }

  @Test("a playlist that names other files or hosts is not opened")
  func playlist() async throws {
    let directory = try TemporaryDirectory()
    try await TestClip.moving("clip.mp4", in: directory)
    try directory.write("ffconcat version 1.0\nfile clip.mp4\n", to: "list.mp4")
    try directory.write("#EXTM3U\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n", to: "live.mp4")
    for name in ["list.mp4", "live.mp4"] {
      let probe = PipelineProbe(
        .file(try MediaFilePath(name, field: "/path")), mediaDirectory: directory.path,
        demand: Self.everything)
      #expect(try await probe.failure().fault == .protocolError, "\(name)")
      await probe.pipeline.stop()
      #expect(probe.frames.value.isEmpty)
    }
  }
}
