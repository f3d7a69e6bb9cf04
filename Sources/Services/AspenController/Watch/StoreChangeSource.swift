import AspenModel
import AspenStore

/// The feed of the store, as watchers need it.
struct StoreChangeSource: ChangeSource {
  let store: Store

  func changes(after revision: Int64, limit: Int) async throws -> WatchedPage {
    do {
      let page = try await ChangeFeedQueries.changes(store.pool, after: revision, limit: limit)
      let changes = page.changes.map(WatchedChange.init)
      // A feed with a hole, which only a person can have made, must not look like one without.
      guard changes.enumerated().allSatisfy({ $1.revision == revision + 1 + Int64($0) }) else {
        throw ChangeSourceError.gone(oldest: page.newest, newest: page.newest)
      }
      return WatchedPage(changes: changes, newest: page.newest)
    } catch StoreError.revisionGone(let oldest, let newest) {
      throw ChangeSourceError.gone(oldest: oldest, newest: newest)
    }
  }

  func newest() async throws -> Int64 {
    try await ChangeFeedQueries.newestRevision(store.pool)
  }
}

extension WatchedChange {
  /// An entry of the store's feed.
  init(_ change: Change) {
    let before = WatchedLabels(
      own: change.previousLabels ?? Labels(), camera: change.previousCameraLabels)
    let after = WatchedLabels(own: change.labels ?? Labels(), camera: change.cameraLabels)
    self.init(
      revision: change.revision, kind: change.kind, id: change.objectID,
      name: change.objectName.text, before: change.operation == .created ? nil : before,
      after: change.operation == .deleted ? nil : after,
      object: change.object
        ?? [
          "kind": .string(change.kind.rawValue), "id": .integer(change.objectID),
          "name": .string(change.objectName.text),
        ])
  }
}
