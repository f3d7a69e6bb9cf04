import AspenAPI
import AspenModel

/// What one caller may do: the sum of its grants.
///
/// A grant without a selector holds for everything. One with a selector holds for the cameras that it
/// selects and what belongs to them, and for nothing else: not for workers, tokens or the audit.
struct AccessRights: Sendable, Hashable {
  let grants: [Grant]

  /// Whether the operation is open to the caller at all. What it may touch there is decided by each
  /// object.
  func mayCall(_ role: AccessRole, in scope: APIScope) -> Bool {
    grants.contains { grant in
      grant.role >= role && (scope == .camera || grant.selector == nil)
    }
  }

  /// Whether the caller has the role for a thing with these camera labels; nil is a thing that belongs
  /// to no camera.
  func allows(_ role: AccessRole, cameraLabels: Labels?) -> Bool {
    grants.contains { grant in
      guard grant.role >= role else { return false }
      guard let selector = grant.selector else { return true }
      return cameraLabels.map(selector.matches) ?? false
    }
  }

  /// The selectors of the cameras for which the caller has the role; nil is all of them.
  func scopes(_ role: AccessRole) -> [LabelSelector]? {
    var selectors: [LabelSelector] = []
    for grant in grants where grant.role >= role {
      guard let selector = grant.selector else { return nil }
      selectors.append(selector)
    }
    return selectors
  }

  /// The role that reading things of a kind needs, and where.
  static func reading(_ kind: ResourceKind) -> (role: AccessRole, scope: APIScope) {
    switch kind {
    case .camera, .stream, .assignment: (.viewer, .camera)
    case .worker, .site, .operation, .controller: (.viewer, .cluster)
    case .token, .roleBinding, .user, .joinToken: (.admin, .cluster)
    }
  }

  /// The role that changing things of a kind needs, and where.
  static func writing(_ kind: ResourceKind) -> (role: AccessRole, scope: APIScope) {
    switch kind {
    case .camera, .stream, .assignment: (.operator, .camera)
    case .worker, .site, .operation, .controller: (.operator, .cluster)
    case .token, .roleBinding, .user, .joinToken: (.admin, .cluster)
    }
  }
}
