import AspenIntegrationSupport
import AspenTestSupport
import Foundation

/// A JPEG file's brightness as another decoder, FFmpeg's, sees it.
struct JPEGCheck {
  /// Samples, row by row.
  let luma: [UInt8]
  let width: Int

  /// Decodes strictly: any flaw is an error.
  init(_ jpeg: [UInt8], width: Int) async throws {
    let directory = try TemporaryDirectory()
    let source = directory.file("in.jpg")
    let target = directory.file("out.gray")
    try Data(jpeg).write(to: URL(fileURLWithPath: source))
    try await FFmpeg.run(
      [
        "-nostdin", "-v", "error", "-xerror", "-err_detect", "explode", "-i", source, "-f",
        "rawvideo", "-pix_fmt", "gray", target,
      ])
    luma = [UInt8](try Data(contentsOf: URL(fileURLWithPath: target)))
    self.width = width
  }

  /// The mean of the columns from `start` to `end`, as shares of the width.
  func mean(from start: Double, to end: Double) -> Double {
    let columns = Int(start * Double(width))..<Int(end * Double(width))
    var total = 0
    for row in 0..<(luma.count / width) {
      for column in columns { total += Int(luma[row * width + column]) }
    }
    return Double(total) / Double(columns.count * (luma.count / width))
  }
}

/// The `ffmpeg` program.
enum FFmpeg {
  /// Runs it to its end, without holding a thread meanwhile. Throws with its errors if it fails.
  static func run(_ arguments: [String]) async throws {
    let result = try await ProgramProcess.run("/usr/bin/ffmpeg", arguments)
    guard result.exitCode == 0 else { throw FFmpegFailure(description: result.errors) }
  }
}

/// What `ffmpeg` complained of.
struct FFmpegFailure: Error, CustomStringConvertible {
  let description: String
}

/// Makes clips with FFmpeg.
enum TestClip {
  /// A second of black on the left and white on the right, 320x240, 10 frames a second.
  static func blackAndWhite(in directory: TemporaryDirectory) async throws -> String {
    let path = directory.file("bw.mp4")
    try await FFmpeg.run(
      [
        "-nostdin", "-v", "error", "-f", "lavfi", "-i",
        "color=black:s=320x240:r=10:d=1,drawbox=x=160:y=0:w=160:h=240:color=white:t=fill",
        "-c:v", "libx264", "-crf", "10", "-pix_fmt", "yuv420p", path,
      ])
    return path
  }

  /// A moving picture of 1 s at `name`, whose ending chooses the container.
  static func moving(
    _ name: String, in directory: TemporaryDirectory, framesPerSecond: Int = 10,
    encoder: [String] = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "5"]
  ) async throws {
    try await FFmpeg.run(
      [
        "-nostdin", "-v", "error", "-f", "lavfi", "-i",
        "testsrc2=s=320x240:r=\(framesPerSecond):d=1",
      ] + encoder + [directory.file(name)])
  }
}
