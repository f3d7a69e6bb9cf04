import AspenModel
import AspenStore

extension Retirement {
  /// What a commit has removed, in the order in which it went.
  struct Removed: Sendable, Hashable {
    var streams: [ObjectName] = []
    /// Their streams went with them.
    var cameras: [ObjectName] = []
  }

  /// Removes what can go, all of it or nothing. What has changed since the decision, or is gone, is left to
  /// the next pass. Throws `StoreError`, `.notLeader` when the claim is over.
  func commit(to store: Store, as claim: LeadershipClaim) async throws -> Removed {
    try await store.write(leader: claim) { transaction in
      var removed = Removed()
      for decided in streams {
        let name = decided.stream.metadata.name
        guard let stream = try await ResourceQueries.find(transaction, .stream, name),
          stream.metadata.resourceVersion == decided.stream.metadata.resourceVersion
        else { continue }
        try await ResourceQueries.delete(transaction, stream)
        removed.streams.append(name)
      }
      for decided in cameras {
        guard let camera = try await ResourceQueries.find(transaction, .camera, decided.name),
          camera.metadata.id == decided.id, camera.metadata.deletionRequestedAt != nil
        else { continue }
        try await ResourceQueries.delete(transaction, camera)
        removed.cameras.append(decided.name)
      }
      return removed
    }
  }
}
