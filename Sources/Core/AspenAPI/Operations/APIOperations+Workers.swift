import AspenModel

extension APIOperations {
  /// The operations of workers.
  package static let worker = KindOperations(
    KindTraits(
      kind: .worker, tag: .workers, readAccess: .role(.viewer, .cluster),
      writeAccess: .role(.operator, .cluster), components: .worker,
      updateExample: ["spec": ["cordoned": true]],
      updateNote: "A cordoned worker keeps its streams and gets no new ones.",
      deleteNote: "Its credential ends and its streams move to other workers.",
      hasCreate: false))

  /// Lists workers.
  package static var workerList: APIOperation { worker.list }
  /// Shows one.
  package static var workerGet: APIOperation { worker.get }
  /// Changes one.
  package static var workerUpdate: APIOperation { worker.update }
  /// Deletes one.
  package static var workerDelete: APIOperation { worker.delete }
  /// Lists what one was before.
  package static var workerHistory: APIOperation { worker.history }
  /// Makes one what it was before.
  package static var workerRevert: APIOperation { worker.revert }

  /// Moves all streams of a worker to others.
  package static let workerDrain = APIOperation(
    "worker_drain", "POST", "/v1/workers/{name}/drain", "Move all streams of a worker to others",
    description: "The worker is cordoned, and stays so. Each stream moves with almost no gap.",
    tag: .workers, access: .role(.operator, .cluster), kind: .worker,
    answers: [.accepted], traits: [.dryRun, .idempotencyKey])

  /// Says what would happen to streams if a worker went.
  package static let workerExplain = APIOperation(
    "worker_explain", "GET", "/v1/workers/{name}/explain",
    "Explain what would happen if a worker went",
    description: "Nothing happens: the placement is tried as if the worker were lost, alone.",
    tag: .workers, access: .role(.viewer, .cluster), kind: .worker,
    answers: [.json(200, "What would become of which streams.", .component(.lossExplanation))])

  /// Exchanges a join token for a credential.
  package static let workerJoin = APIOperation(
    "worker_join", "POST", "/v1/worker/join", "Join as a new worker",
    description: "The join token is exchanged for a credential of this worker alone.",
    tag: .workerProtocol, access: .joining,
    body: .json(.component(.workerJoin), example: ["name": "edge-1", "capacity_streams": 20]),
    answers: [.json(201, "The credential.", .component(.workerCredential))],
    problems: [.conflict])

  /// The control WebSocket of a worker.
  package static let workerControl = APIOperation(
    "worker_control", "GET", "/v1/worker/control", "Open the control WebSocket of a worker",
    description: "Subprotocol `aspen.control.v1`.", tag: .workerProtocol, access: .worker,
    answers: [.webSocket], problems: [.upgradeRequired])

  /// The frame uplink of a worker.
  package static let workerFrames = APIOperation(
    "worker_frames", "GET", "/v1/worker/frames", "Open the frame uplink of a worker",
    description: "Subprotocol `aspen.uplink.v1`.", tag: .workerProtocol, access: .worker,
    answers: [.webSocket], problems: [.upgradeRequired])
}
