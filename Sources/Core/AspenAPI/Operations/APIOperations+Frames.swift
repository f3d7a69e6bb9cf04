import AspenModel

extension APIOperations {
  private static let frameParameters = [
    APIParameter(
      query: "mode", .choice(["header", "plain"]),
      "`header`: each frame with its head; `plain`: each message is one bare JPEG."),
    APIParameter(
      query: "fps", .number(FrameDemandLimits.framesPerSecond),
      "The most frames a second; the stream's own rate unless given."),
    APIParameter(
      query: "width", .integer(FrameDemandLimits.width),
      "The wished width in pixels, never enlarged. Another viewer may cause wider frames."),
    APIParameter(
      query: "view", .component(.viewLinkToken), "The token of a view link, instead of another."),
  ]

  /// Frames of several streams.
  package static let framesWatch = APIOperation(
    "frames_watch", "GET", "/v1/frames", "Watch the frames of several streams on one WebSocket",
    description: """
      The streams are named by `streams`, chosen by `selector`, or all of them; not both. Mode
      `plain` needs exactly one stream.

      The subprotocol is `aspen.frames.v1`. A browser, which cannot set headers on a WebSocket,
      offers its token as a further subprotocol `aspen.token.TOKEN`, which is never selected.
      """, tag: .frames, access: .role(.viewer, .camera),
    parameters: [
      APIParameter(
        query: "streams",
        .text(1...65_535, pattern: APIPattern.withoutNUL).example("yard,front-door"),
        "Names of 1 to 1000 streams, separated by commas."),
      APIParameter(
        query: "selector", .component(.selector),
        "All streams with these labels, also those that come later."),
    ] + frameParameters, answers: [.webSocket], problems: [.notFound, .upgradeRequired])

  /// Frames of one stream.
  package static let streamFramesWatch = APIOperation(
    "stream_frames_watch", "GET", "/v1/streams/{name}/frames",
    "Watch the frames of one stream on a WebSocket",
    description: """
      As `/v1/frames` with one stream, but the mode is `plain` unless given: each message is one \
      JPEG.
      """, tag: .frames, access: .role(.viewer, .camera), kind: .stream,
    parameters: frameParameters, answers: [.webSocket], problems: [.upgradeRequired])

  /// A link to one stream's frames.
  package static let viewLinkCreate = APIOperation(
    "view_link_create", "POST", "/v1/view-links", "Share one stream by a link that expires",
    description: """
      Whoever has the link sees the stream until it expires, without signing in. Nothing is stored; \
      a link ends early only with the controller's keys.
      """, tag: .frames, access: .role(.operator, .camera),
    body: .json(
      .component(.viewLinkCreate), example: ["stream": "yard", "expires_in_seconds": 3600]),
    answers: [.json(201, "The link.", .component(.viewLink))], problems: [.notFound, .conflict])
}

/// What viewers may ask of frames.
enum FrameDemandLimits {
  static let framesPerSecond = 0.01...120.0
  static let width: ClosedRange<Int64> = 16...7680
}
