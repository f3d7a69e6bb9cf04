import Glibc

/// A real RTSP camera for tests: `deploy/camera.py` as a child process on a free loopback port.
///
/// Its mounts are `/h264`, `/h265` and `/mjpeg`. It ends with `stop`, with this object, or with the
/// test process.
package final class TestCamera: Sendable {
  /// How RTP packets may travel.
  package enum Transport: String, Sendable {
    case tcp
    case udp
    case both
  }

  private let process: ProgramProcess
  /// Where it listens on 127.0.0.1.
  package let port: UInt16

  private init(process: ProgramProcess, port: UInt16) {
    self.process = process
    self.port = port
  }

  /// Starts a camera and waits until it listens.
  ///
  /// `codecs` are the mounts to offer; `clip` is a video file, the pedestrians of opencv-doc
  /// (768x576, 10 frames a second) by default, of which `seconds` are played again and again. With
  /// `user` it asks for digest authentication. `port` 0 takes a free one.
  package static func start(
    codecs: [String] = ["h264"], user: String = "", password: String = "",
    transport: Transport = .both, clip: String? = nil, seconds: Double = 10,
    framesPerSecond: Double? = nil, port: UInt16 = 0
  ) async throws -> TestCamera {
    var arguments = [
      Checkout.root + "/deploy/camera.py", "--exit-with-parent", "--port", "\(port)",
      "--codecs", codecs.joined(separator: ","), "--protocol", transport.rawValue,
      "--duration", "\(seconds)",
    ]
    if !user.isEmpty { arguments += ["--user", user, "--password", password] }
    if let clip { arguments += ["--file", clip] }
    if let framesPerSecond { arguments += ["--fps", "\(framesPerSecond)"] }
    let process = try ProgramProcess("/usr/bin/python3", arguments)
    let line = try await process.line(containing: "ready rtsp://", within: .seconds(120))
    let digits = line.reversed().drop { $0 == "/" }.prefix { $0.isNumber }.reversed()
    guard let port = UInt16(String(digits)) else {
      throw ProgramError(description: "the camera says no port: \(line)")
    }
    return TestCamera(process: process, port: port)
  }

  /// The address of a mount, without credentials.
  package func address(_ codec: String = "h264") -> String {
    "rtsp://127.0.0.1:\(port)/\(codec)"
  }

  /// Ends it properly.
  package func stop() async {
    // A frozen process does not see SIGTERM.
    thaw()
    await process.stop()
  }

  /// Ends it without a good-bye, as a power failure does.
  package func kill() async {
    await process.kill()
  }

  /// Stops its work while its connections stay open, as a hanging camera does.
  package func freeze() {
    process.signal(SIGSTOP)
  }

  /// Ends `freeze`.
  package func thaw() {
    process.signal(SIGCONT)
  }
}
