import AspenAPI
import AspenModel
import AspenStore

/// What the scheduler would do with a state that is not kept.
struct PlanService: Sendable {
  let reconciler: PlacementReconciler

  /// The members of an answer that say where streams would go, of the cameras that the caller may see.
  func preview(
    in transaction: StoreTransaction, visibleTo rights: AccessRights
  ) async throws -> [(String, JSONValue)] {
    let state = try await AssignmentQueries.schedulingSnapshot(in: transaction)
    let preview = reconciler.preview(of: state)
    let visible = Set(
      state.streams
        .filter { rights.allows(.viewer, cameraLabels: $0.cameraLabels) }
        .map(\.stream.metadata.name.text))
    return [
      (
        "placements",
        .array(preview.placements.filter { visible.contains($0.stream) }.map(\.json))
      ),
      (
        "unplaced",
        .array(preview.unplaced.filter { visible.contains($0.stream) }.map(\.json))
      ),
    ]
  }
}
