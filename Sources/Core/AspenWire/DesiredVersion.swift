/// Which state of the cluster a desired set is from, the same for all controllers.
///
/// The epoch is that of leadership and jumps after a restore from a backup; the revision is the newest of the
/// change feed. Both are read in the same snapshot as the set, so a set is the same whoever sends it.
package struct DesiredVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let epoch: Int64
  package let revision: Int64

  /// A version of its parts.
  package init(epoch: Int64, revision: Int64) {
    self.epoch = epoch
    self.revision = revision
  }

  /// Before every other one: nothing is followed yet.
  package static let none = DesiredVersion(epoch: 0, revision: 0)

  /// A later leadership is newer, then a later change.
  package static func < (left: DesiredVersion, right: DesiredVersion) -> Bool {
    (left.epoch, left.revision) < (right.epoch, right.revision)
  }

  package var description: String { "\(epoch).\(revision)" }
}
