/// What somebody may do: each role may do all that the ones before it may.
package enum AccessRole: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Look at things and watch frames.
  case viewer
  /// Change cameras, streams and workers.
  case `operator`
  /// Decide who may do what, and read the audit.
  case admin

  package static func < (left: AccessRole, right: AccessRole) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .viewer: 0
    case .operator: 1
    case .admin: 2
    }
  }
}
