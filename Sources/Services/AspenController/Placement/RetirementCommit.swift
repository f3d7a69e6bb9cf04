import AspenModel
import AspenStore

extension Retirement {
  /// Removes what can go, all of it or nothing. What has changed since the decision, or is gone, is left to
  /// the next pass. Throws `StoreError`, `.notLeader` when the claim is over.
  func commit(to store: Store, as claim: LeadershipClaim) async throws {
    try await store.write(leader: claim) { transaction in
      for decided in streams {
        let name = decided.stream.metadata.name
        guard let stream = try await ResourceQueries.find(transaction, .stream, name),
          stream.metadata.resourceVersion == decided.stream.metadata.resourceVersion
        else { continue }
        try await ResourceQueries.delete(transaction, stream)
      }
      for decided in cameras {
        guard let camera = try await ResourceQueries.find(transaction, .camera, decided.name),
          camera.metadata.id == decided.id, camera.metadata.deletionRequestedAt != nil
        else { continue }
        try await ResourceQueries.delete(transaction, camera)
      }
    }
  }
}
