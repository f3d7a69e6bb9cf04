import AspenModel

extension KindComponents {
  static let camera = KindComponents(
    KindShape(
      kind: .camera, name: "Camera", spec: .cameraSpec, input: .cameraSpecInput,
      patch: { cameraPatch }, status: { .component(.cameraStatus) }))

  private static var cameraPatch: [APIField] {
    let rtsp = APIComponent.rtspInputFields.filter { $0.name != "type" }
    let file = APIComponent.fileInputFields.filter { $0.name == "path" }
    return [.optional("type", .choice(["rtsp", "file"]))] + rtsp + file
  }
}

extension APIComponent {
  static let cameraSpec = APIComponent("CameraSpec") {
    APISchema(.oneOf([.component(.rtspCamera), .component(.fileCamera)]))
  }

  static let cameraSpecInput = APIComponent("CameraSpecInput") {
    APISchema(.oneOf([.component(.rtspCameraInput), .component(.fileCameraInput)]))
  }

  static let rtspCamera = APIComponent("RTSPCamera") {
    .object([
      .required("type", .choice(["rtsp"])),
      .required(
        "address", .text(8...1024, pattern: APIPattern.address, "Without user and password.")),
      .required("transport", transport),
      .optional("username", username), .optional("site", .component(.siteName)),
      .optional("single_session", singleSession),
    ])
  }

  static let fileCamera = APIComponent("FileCamera") {
    .object(
      [
        .required("type", .choice(["file"])), .required("path", path),
        .optional("site", .component(.siteName)),
      ], "A video file on the worker, played again and again.")
  }

  static let rtspCameraInput = APIComponent("RTSPCameraInput") { .object(rtspInputFields) }

  static let fileCameraInput = APIComponent("FileCameraInput") { .object(fileInputFields) }

  static var rtspInputFields: [APIField] {
    [
      .input("type", APISchema.choice(["rtsp"]).defaulting(to: "rtsp")),
      .required(
        "address",
        APISchema.text(8...1024, pattern: APIPattern.addressInput).described(
          """
          `rtsp://HOST[:PORT][/PATH][?QUERY]`. `USER:PASSWORD@` before the host is accepted, \
          percent-encoded, and taken out of it.
          """
        ).example("rtsp://192.168.1.20/stream1")),
      .input("transport", transport.defaulting(to: .string(CameraTransport.tcp.rawValue))),
      .input("username", username),
      .input(
        "password",
        APISchema.text(
          0...Credentials.maxPasswordBytes, pattern: APIPattern.line,
          "Never comes back. Needs a username. At most 256 bytes."
        ).writeOnly),
      .input("site", .component(.siteName)),
      .input("single_session", singleSession.defaulting(to: false)),
    ]
  }

  static var fileInputFields: [APIField] {
    [
      .required("type", .choice(["file"])), .required("path", path),
      .input("site", .component(.siteName)),
    ]
  }

  private static var transport: APISchema {
    .choice(
      of: CameraTransport.self,
      "How the pictures travel. `automatic` is TCP, and UDP if the camera refuses TCP.")
  }

  private static var singleSession: APISchema {
    APISchema.boolean.described(
      """
      The camera serves one RTSP session at a time. Its streams then move from one worker to another \
      with a gap: the old worker lets go before the new one connects.
      """)
  }

  private static var username: APISchema {
    .text(
      1...Credentials.maxUsernameBytes, pattern: APIPattern.username,
      "Shown; the password never is. At most 128 bytes, without `:`.")
  }

  private static var path: APISchema {
    .text(
      1...255, pattern: APIPattern.mediaPath,
      "Relative to the worker's media directory, without `..` or hidden parts; at most 255 bytes.")
  }

  static let cameraStatus = APIComponent("CameraStatus") {
    .object(
      sourceFields + [
        .required(
          "streams", .array(of: .component(.objectName), 0...100, "The names of its streams."))
      ], "That of the camera's first stream by name.")
  }

  /// What is known of a camera's connection.
  static var sourceFields: [APIField] {
    [
      .optional(
        "observed_generation",
        .integer(
          1...Int64.max,
          "The generation of the spec that this state is of; not there while unknown.")),
      .required("phase", .component(.cameraPhase)), .optional("fault", .component(.cameraFault)),
      .required("message", .text("The state in words.")),
      .required("conditions", conditions),
      .optional("codec", .text(1...64, "FFmpeg's name: `h264`, `hevc`, `mjpeg`.")),
      .optional("width", .integer(1...65_535)), .optional("height", .integer(1...65_535)),
      .optional("source_fps", .number(0...100_000, "Measured frames a second of the camera.")),
    ]
  }

  static let cameraPhase = APIComponent("CameraPhase") {
    .choice(
      of: CameraPhase.self,
      """
      `unassigned`: no worker has it yet. `connecting`: a worker opens it. `streaming`: packets \
      arrive. `failing`: the last attempt failed, the next follows. `stopped`: not wanted. \
      `unknown`: its worker is not heard of.
      """)
  }

  static let cameraFault = APIComponent("CameraFault") {
    .choice(
      of: CameraFault.self, "Why a camera gives no pictures; only while the phase is `failing`.")
  }
}
