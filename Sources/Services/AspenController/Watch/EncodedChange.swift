import AspenModel

/// A change with its event, encoded once for all watchers.
final class EncodedChange: Sendable {
  let revision: Int64
  let kind: ResourceKind
  let before: WatchedLabels?
  let after: WatchedLabels?
  /// Whether nobody can have come to see it, or stopped to, by its labels.
  let keepsLabels: Bool
  private let id: Int64
  private let name: String
  /// The event for those who saw the thing before and see it after, as far as it was and is there.
  private let event: WatchEvent

  /// What an entry weighs besides its text: its labels, the array and this object, generously.
  private static let overheadBytes = 512

  init(_ change: WatchedChange) {
    revision = change.revision
    kind = change.kind
    before = change.before
    after = change.after
    keepsLabels = change.before == change.after
    id = change.id
    name = change.name
    event = WatchEvent(
      Self.type(wasSeen: change.before != nil, isSeen: change.after != nil) ?? .updated,
      revision: change.revision, kind: change.kind, object: change.object.serialized[...])
  }

  /// The memory that it takes, about.
  var costBytes: Int { event.bytes.count + Self.overheadBytes }

  /// The event for a watcher who sees the thing before and after as said; nil if it sees neither.
  ///
  /// Who may no longer see a thing learns that it is gone, and nothing of what it is now.
  func event(wasSeen: Bool, isSeen: Bool) -> WatchEvent? {
    guard let type = Self.type(wasSeen: wasSeen, isSeen: isSeen) else { return nil }
    if wasSeen == (before != nil), isSeen == (after != nil) { return event }
    let object = type == .deleted ? identity.serialized[...] : event.bytes[event.object]
    return WatchEvent(type, revision: revision, kind: kind, object: object)
  }

  private static func type(wasSeen: Bool, isSeen: Bool) -> WatchEventType? {
    switch (wasSeen, isSeen) {
    case (false, false): nil
    case (false, true): .created
    case (true, true): .updated
    case (true, false): .deleted
    }
  }

  /// What the thing was when the watcher last saw it.
  private var identity: JSONValue {
    [
      "kind": .string(kind.rawValue), "id": .integer(id), "name": .string(name),
      "labels": (before?.own ?? Labels()).json,
    ]
  }
}
