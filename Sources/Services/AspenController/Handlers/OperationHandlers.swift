import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/operations`, and the requests that begin one.
struct OperationHandlers: Sendable {
  let store: Store
  let operations: OperationService

  /// A page of operations, newest first.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    var wanted = try request.page()
    if wanted.cursor == nil { wanted.sort = ListSort(.createdAt, isDescending: true) }
    let page = try await OperationQueries.list(store.pool, wanted)
    return .page(
      page.items.map(ResourceView.operation), next: page.next?.text, revision: nil)
  }

  /// One operation.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    let found = try await OperationQueries.get(store.pool, name: try request.pathName())
    return .json(200, ResourceView.operation(found))
  }

  /// Begins to move a worker's streams away.
  func drainWorker(_ request: APIRequest) async throws -> HTTPResponse {
    .change(
      try await operations.drain(worker: try request.pathName(), try request.change()))
  }

  /// Begins to seal all secrets anew with the current key.
  func resealSecrets(_ request: APIRequest) async throws -> HTTPResponse {
    .change(try await operations.reseal(try request.change()))
  }
}
