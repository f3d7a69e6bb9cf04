import AspenModel

/// What somebody may watch.
struct WatchScope: Sendable, Hashable {
  /// The kinds that may be seen at all.
  let kinds: Set<ResourceKind>
  /// Of cameras and what belongs to them, those whose camera matches one of these; nil is all.
  let cameraScopes: [LabelSelector]?

  /// Everything there is.
  static let everything = WatchScope(kinds: Set(ResourceKind.allCases), cameraScopes: nil)

  /// Whether a thing of the kind whose camera has these labels may be seen.
  func allows(_ kind: ResourceKind, cameraLabels: Labels?) -> Bool {
    guard kinds.contains(kind) else { return false }
    guard kind.isOfCamera, let cameraScopes else { return true }
    // Without labels to check there is no access.
    guard let cameraLabels else { return false }
    return cameraScopes.contains { $0.matches(cameraLabels) }
  }
}

/// Who watches, and with what right.
struct WatchAccess: Sendable {
  /// Names the principal, so that one of them cannot take all places.
  let principal: String
  let scope: WatchScope
  /// Asked again and again while the watch goes on; the watch ends when the answer is no. It should be
  /// no when the scope is not the same any more.
  let isStillAllowed: @Sendable () async -> Bool
}

/// Which changes a watcher is told of, and as what.
struct WatchFilter: Sendable {
  let kinds: Set<ResourceKind>
  let selector: LabelSelector
  let scope: WatchScope

  /// The event of a change; nil if the watcher does not see it.
  func event(for change: EncodedChange) -> WatchEvent? {
    guard kinds.contains(change.kind) else { return nil }
    let isSeen = sees(change.kind, change.after)
    let wasSeen = change.keepsLabels ? isSeen : sees(change.kind, change.before)
    return change.event(wasSeen: wasSeen, isSeen: isSeen)
  }

  private func sees(_ kind: ResourceKind, _ labels: WatchedLabels?) -> Bool {
    guard let labels else { return false }
    return selector.matches(labels.own) && scope.allows(kind, cameraLabels: labels.camera)
  }
}
