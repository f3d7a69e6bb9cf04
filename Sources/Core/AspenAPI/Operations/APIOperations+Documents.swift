import AspenModel

extension APIOperations {
  private static let documents: JSONValue = [
    "documents": [
      ["kind": "camera", "name": "yard", "spec": ["address": "rtsp://192.168.1.20/stream1"]],
      ["kind": "stream", "name": "yard", "spec": ["camera": "yard", "max_fps": 5]],
    ]
  ]

  /// Makes things what documents say.
  package static let resourceApply = APIOperation(
    "resource_apply", "POST", "/v1/apply", "Make things what documents say, all or nothing",
    description: """
      What is not there is created, what differs is changed, what is the same stays untouched. \
      Labels, annotations and spec become exactly those of the document; a password that is left \
      out stays. Each document needs what its own create or update operation needs.
      """, tag: .apply, access: .role(.operator, .camera),
    body: .json(.component(.applyRequest), example: documents),
    answers: [
      .json(200, "What was done.", .component(.applyResult), headers: [.idempotencyReplayed])
    ], problems: [.notFound], traits: [.dryRun, .idempotencyKey])

  /// Shows what applying documents would do.
  package static let resourcePlan = APIOperation(
    "resource_plan", "POST", "/v1/plan", "Show what applying documents would change",
    description: """
      Nothing is changed. Besides the changes of `/v1/apply` the answer says which streams would be \
      placed, moved and left without a worker. Without documents it shows the next placement.
      """, tag: .apply, access: .role(.operator, .camera),
    body: .json(.component(.planRequest), example: documents),
    answers: [.json(200, "What would be done.", .component(.planResult))],
    problems: [.notFound, .conflict])

  /// Tells every change.
  package static let changeWatch = APIOperation(
    "change_watch", "GET", "/v1/watch", "Watch changes as they happen",
    description: """
      Server-sent events, or with an upgrade a WebSocket of the subprotocol `aspen.watch.v1`: one \
      JSON text for each event. `from` is the `revision` of a list, so that nothing is missed \
      between list and watch; a client that comes back sends `Last-Event-ID`. `gone` says that the \
      revision is no longer kept: list again. A thing that no longer fulfils the selector arrives \
      as deleted, one that begins to as created.
      """, tag: .watch, access: .role(.viewer, .camera),
    parameters: [
      APIParameter(
        query: "kinds", .text(1...1024, pattern: APIPattern.kinds).example("camera,stream"),
        "Only these kinds, separated by commas; all that one may see unless given."),
      .selector,
      APIParameter(
        query: "from", .integer(0...Int64.max),
        "The revision after which to begin; now unless given."),
      APIParameter(
        query: "bookmarks", APISchema.boolean.defaulting(to: true),
        "Whether quiet times are filled with events that say how far one has come."),
    ],
    answers: [
      .events("Events; `id` is the revision, `event` the type.", .component(.watchEvent)),
      .webSocket,
    ], problems: [.gone, .notAcceptable])
}
