import AspenAPI
import AspenHTTP
import AspenModel
import AspenPostgres
import AspenStore

/// `/v1/assignments`.
struct AssignmentHandlers: Sendable {
  let store: Store
  let runner: ChangeRunner
  let reconcile: @Sendable () -> Void

  /// A page of assignments of the cameras that the caller may see.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    var page = try request.page()
    page.scopes = try request.caller().rights.scopes(.viewer)
    let found = try await AssignmentQueries.list(store.pool, page)
    return .page(
      found.items.map(ResourceView.assignment), next: found.next?.text, revision: found.revision)
  }

  /// Where one stream is.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    let found = try await find(request, store.pool, .viewer)
    return .json(200, ResourceView.assignment(found))
  }

  /// Takes a stream from its worker; the scheduler places it anew at a higher generation.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    let answer = try await runner.run(try request.change()) { transaction in
      let assignment = try await find(request, transaction, .operator)
      let change = PlannedChange.unassign(
        streamID: assignment.streamID, expectedGeneration: assignment.generation)
      try await AssignmentQueries.carryOut(transaction, [change])
      return ChangeAnswer(status: 204, body: nil)
    }
    reconcile()
    return .change(answer)
  }

  private func find(
    _ request: APIRequest, _ executor: some PostgresExecutor, _ role: AccessRole
  ) async throws -> Assignment {
    let name = try request.pathName("stream")
    let rights = try request.caller().rights
    let stream = try await ResourceQueries.get(executor, .stream, name)
    guard rights.allows(.viewer, cameraLabels: stream.cameraLabels) else {
      throw StoreError.notFound(.stream)
    }
    guard rights.allows(role, cameraLabels: stream.cameraLabels) else {
      throw Problem(.forbidden, "your role does not cover this assignment")
    }
    guard let assignment = try await AssignmentQueries.get(executor, stream: name) else {
      throw Problem(.notFound, "the stream '\(name)' is not assigned")
    }
    return assignment
  }
}
