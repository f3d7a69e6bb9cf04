package import AspenModel

/// What somebody must be allowed to use an operation.
package enum APIAccess: Sendable, Hashable {
  /// Anybody.
  case open
  /// Whoever has proved who they are, whatever they may do.
  case authenticated
  /// Whoever has this role, or a higher one, there.
  case role(AccessRole, APIScope)
  /// A new worker with a join token.
  case joining
  /// A worker with its own credential.
  case worker
}

/// Where a role must hold.
package enum APIScope: Sendable, Hashable {
  /// For the cameras that are touched; a grant with a selector is enough where it matches.
  case camera
  /// For everything; only a grant without a selector is enough.
  case cluster
}
