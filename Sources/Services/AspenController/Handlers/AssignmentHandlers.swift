import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/assignments`.
struct AssignmentHandlers: Sendable {
  let store: Store
  let reconcile: @Sendable () -> Void

  /// A page of assignments.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let page = try await AssignmentQueries.list(store.pool, try request.page())
    return .page(page.items.map(ResourceView.assignment), next: page.next)
  }

  /// Where one stream is.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    .json(200, ResourceView.assignment(try await find(request)))
  }

  /// Takes a stream from its worker; the scheduler places it anew at a higher generation.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    let assignment = try await find(request)
    let change = PlannedChange.unassign(
      streamID: assignment.streamID, expectedGeneration: assignment.generation)
    _ = try await store.write { transaction in
      try await AssignmentQueries.commit(transaction, [change])
    }
    reconcile()
    return .noContent
  }

  private func find(_ request: APIRequest) async throws -> Assignment {
    let stream = try request.pathName("stream")
    guard let assignment = try await AssignmentQueries.get(store.pool, stream: stream) else {
      throw Problem(.notFound, "the stream '\(stream)' is not assigned")
    }
    return assignment
  }
}
