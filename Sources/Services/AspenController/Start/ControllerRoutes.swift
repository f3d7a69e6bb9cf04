import AspenAPI
import AspenModel
import AspenStore

/// The handler of every operation of the API.
struct ControllerRoutes: Sendable {
  let store: Store
  let leadership: Leadership
  let resources: ResourceService
  let frames: FramesHandlers
  let connections: WorkerConnectionHandlers
  let assignments: AssignmentHandlers
  let apply: ApplyHandlers
  let explain: ExplainHandlers
  let feeds: FeedHandlers
  let operations: OperationHandlers
  let sessions: SessionHandlers
  let viewLinks: ViewLinkHandlers

  /// The kinds that share their handlers.
  static let kinds: [ResourceKind] = [
    .camera, .stream, .worker, .site, .token, .roleBinding, .user, .joinToken,
  ]

  /// All of them.
  var handlers: [APIOperation: RequestDispatcher.Handler] {
    let health = HealthHandlers(store: store, leadership: leadership)
    let controllers = ControllerHandlers(store: store)
    let documents = DocumentHandlers()
    let audit = AuditHandlers(store: store)
    var handlers: [APIOperation: RequestDispatcher.Handler] = [
      APIOperations.assignmentList: assignments.list,
      APIOperations.assignmentGet: assignments.get,
      APIOperations.assignmentDelete: assignments.delete,
      APIOperations.resourceApply: apply.apply, APIOperations.resourcePlan: apply.plan,
      APIOperations.streamExplain: explain.stream,
      APIOperations.changeWatch: feeds.watch, APIOperations.logList: feeds.log,
      APIOperations.controllerList: controllers.list,
      APIOperations.controllerGet: controllers.get,
      APIOperations.auditEntryList: audit.list,
      APIOperations.operationList: operations.list, APIOperations.operationGet: operations.get,
      APIOperations.workerDrain: operations.drainWorker,
      APIOperations.secretReseal: operations.resealSecrets,
      APIOperations.sessionCreate: sessions.create, APIOperations.sessionGet: sessions.get,
      APIOperations.sessionDelete: sessions.delete,
      APIOperations.setupComplete: sessions.completeSetup,
      APIOperations.viewLinkCreate: viewLinks.create,
      APIOperations.framesWatch: frames.watch,
      APIOperations.streamFramesWatch: frames.watchStream,
      APIOperations.workerJoin: connections.join,
      APIOperations.workerControl: connections.control,
      APIOperations.workerFrames: connections.frames,
      APIOperations.healthGet: health.health, APIOperations.readinessGet: health.readiness,
      APIOperations.versionGet: documents.version, APIOperations.openapiGet: documents.openAPI,
    ]
    for kind in Self.kinds {
      let shared = ResourceHandlers(kind: kind, resources: resources)
      guard let operations = APIOperations.of(kind) else { continue }
      handlers[operations.list] = shared.list
      handlers[operations.get] = shared.get
      handlers[operations.update] = shared.update
      handlers[operations.delete] = shared.delete
      handlers[operations.history] = shared.history
      handlers[operations.revert] = shared.revert
      if let create = operations.create {
        handlers[create] = kind == .camera ? shared.createCamera : shared.create
      }
    }
    return handlers
  }
}
