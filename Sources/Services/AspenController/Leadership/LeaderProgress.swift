import AspenStore
import Synchronization

/// How far the store was when this controller looked last as the leader. A store that is older than it was
/// has been restored from a backup: what was told to workers under this epoch may never have been.
final class LeaderProgress: Sendable {
  private struct Mark {
    var epoch: Int64
    var revision: Int64
  }

  private let mark = Mutex(Mark(epoch: 0, revision: 0))

  /// Notes a revision that was read under a claim; false if it is lower than one before.
  func note(_ revision: Int64, of claim: LeadershipClaim) -> Bool {
    mark.withLock { mark in
      if mark.epoch == claim.epoch, revision < mark.revision { return false }
      mark = Mark(epoch: claim.epoch, revision: revision)
      return true
    }
  }
}
