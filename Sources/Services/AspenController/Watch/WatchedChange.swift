import AspenModel

/// The labels of a thing that decide who is told of it.
struct WatchedLabels: Sendable, Hashable {
  /// The thing's own, which a watcher's selector chooses by.
  let own: Labels
  /// Its camera's, by which access is checked; nil for what belongs to no camera.
  let camera: Labels?
}

/// One entry of the feed of changes, as watchers need it.
struct WatchedChange: Sendable, Hashable {
  let revision: Int64
  let kind: ResourceKind
  let id: Int64
  let name: String
  /// The labels before the change; nil if the thing was not there.
  let before: WatchedLabels?
  /// The labels after it; nil if the thing is gone.
  let after: WatchedLabels?
  /// The thing after the change, or as it was last; never with secrets.
  let object: JSONValue
}

/// A part of the feed.
struct WatchedPage: Sendable {
  /// In the order of revisions, without gaps.
  let changes: [WatchedChange]
  /// The newest revision there is.
  let newest: Int64
}

/// Where changes come from.
protocol ChangeSource: Sendable {
  /// The changes after a revision, oldest first. Throws `ChangeSourceError.gone` when some of them were
  /// trimmed, or when the revision never was.
  func changes(after revision: Int64, limit: Int) async throws -> WatchedPage
  /// The newest revision.
  func newest() async throws -> Int64
}

/// Why a source has no changes to give.
enum ChangeSourceError: Error, Sendable, Hashable {
  /// It holds what came after `oldest`, up to `newest`.
  case gone(oldest: Int64, newest: Int64)
}
