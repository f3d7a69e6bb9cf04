package import AspenModel

/// All operations of the API. The declarations are in the extensions, by noun; each is made when it is
/// first used.
package enum APIOperations {
  /// Every operation, in the order of the document.
  package static let all: [APIOperation] =
    KindOperations.kinds.flatMap { of($0)?.all ?? [] }
    + [
      workerDrain, assignmentList, assignmentGet, assignmentDelete, resourceApply, resourcePlan,
      streamExplain, changeWatch, framesWatch, streamFramesWatch, viewLinkCreate, sessionCreate,
      sessionGet, sessionDelete, setupComplete, operationList, operationGet, controllerList,
      controllerGet,
      secretReseal,
      auditEntryList, logList, workerJoin, workerControl, workerFrames, healthGet, readinessGet,
      versionGet, openapiGet,
    ]

  /// The operations of a kind that users write (`KindOperations.kinds`); nil for the others.
  package static func of(_ kind: ResourceKind) -> KindOperations? {
    switch kind {
    case .camera: camera
    case .stream: stream
    case .worker: worker
    case .site: site
    case .token: token
    case .roleBinding: roleBinding
    case .user: user
    case .joinToken: joinToken
    case .assignment, .operation, .controller: nil
    }
  }

  /// The creation of a kind that users create.
  static func creation(_ operations: KindOperations) -> APIOperation {
    guard let create = operations.create else {
      preconditionFailure("a \(operations.kind.words) is not created by users")
    }
    return create
  }
}
