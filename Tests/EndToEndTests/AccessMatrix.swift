import AspenAPI
import AspenHTTP
import AspenModel

/// The kinds of callers that the authorization matrix knows.
enum MatrixCaller: String, CaseIterable {
  case nobody
  case unknownToken
  case revokedToken
  case joinToken
  case worker
  case viewer
  case `operator`
  case admin
  /// Roles for the cameras with `site=in`.
  case scopedViewer
  case scopedOperator
  case scopedAdmin
  /// A view link to the stream of the camera inside.
  case viewLink
  /// An admin's session, from a page of this server and from a foreign one.
  case session
  case foreignSession

  /// The role, if the caller is a person or program that is accepted.
  var role: AccessRole? {
    switch self {
    case .viewer, .scopedViewer: .viewer
    case .operator, .scopedOperator: .operator
    case .admin, .scopedAdmin, .session, .foreignSession: .admin
    default: nil
    }
  }

  var isScoped: Bool {
    self == .scopedViewer || self == .scopedOperator || self == .scopedAdmin
  }
}

/// What must come of a request: which statuses are right.
enum MatrixVerdict: String {
  /// Past the door: neither 401, 403 nor 404 for want of rights.
  case allowed
  /// 401.
  case unauthorized
  /// 403.
  case forbidden
  /// 404: what a caller may not see does not exist.
  case hidden

  /// Whether `status` is such an answer.
  func fits(_ status: Int) -> Bool {
    switch self {
    case .allowed: ![401, 403, 404].contains(status) && status < 500
    case .unauthorized: status == 401
    case .forbidden: status == 403
    case .hidden: status == 404
    }
  }

  /// The verdict that the declaration demands. `isInside` is whether the object is within the scope of
  /// scoped callers.
  static func of(_ operation: APIOperation, _ caller: MatrixCaller, isInside: Bool) -> Self {
    switch operation.access {
    case .open: return .allowed
    case .joining: return caller == .joinToken ? .allowed : .unauthorized
    case .worker:
      switch caller {
      case .worker: return .allowed
      case .nobody, .unknownToken, .revokedToken, .joinToken, .viewLink, .session,
        .foreignSession:
        return .unauthorized
      default: return .forbidden
      }
    case .authenticated: return person(operation, caller) ?? .allowed
    case .role(let role, let scope):
      if operation.takesViewLink, caller == .viewLink { return isInside ? .allowed : .hidden }
      if let refused = person(operation, caller) { return refused }
      guard let has = caller.role, has >= role, !caller.isScoped || scope == .camera else {
        return .forbidden
      }
      return caller.isScoped && !isInside ? .hidden : .allowed
    }
  }

  /// Why somebody is not accepted as a person or program; nil if it is.
  private static func person(_ operation: APIOperation, _ caller: MatrixCaller) -> Self? {
    switch caller {
    case .nobody, .unknownToken, .revokedToken, .joinToken, .viewLink: .unauthorized
    case .worker: .forbidden
    case .foreignSession: operation.method == "GET" ? nil : .forbidden
    default: nil
    }
  }
}
