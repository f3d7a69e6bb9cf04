import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/apply` and `/v1/plan`.
struct ApplyHandlers: Sendable {
  let resources: ResourceService
  let planning: PlanService

  /// Makes everything as the documents say.
  func apply(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try ApplyBody(json: try request.json())
    return .change(try await resources.apply(body.documents, try request.change()))
  }

  /// What would change, and where streams would go, if the documents were applied. Nothing is kept.
  func plan(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try ApplyBody(json: try request.json(), allowsNothing: true)
    let asked = try request.change()
    let change = ChangeRequest(
      rights: asked.rights, origin: asked.origin, isDryRun: true, idempotency: nil)
    return .change(
      try await resources.apply(body.documents, change) { transaction in
        try await planning.preview(in: transaction, visibleTo: change.rights)
      })
  }
}
