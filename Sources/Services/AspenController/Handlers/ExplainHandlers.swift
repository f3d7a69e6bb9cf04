import AspenAPI
import AspenHTTP
import AspenModel

/// `/v1/streams/{name}/explain` and `/v1/workers/{name}/explain`.
struct ExplainHandlers: Sendable {
  let resources: ResourceService

  /// Why the stream is where it is, and why not elsewhere.
  func stream(_ request: APIRequest) async throws -> HTTPResponse {
    let stream = try await resources.get(
      .stream, try request.pathName(), try request.caller().rights)
    return .json(200, try resources.views.explain(stream))
  }

  /// What would happen to streams if the worker went.
  func worker(_ request: APIRequest) async throws -> HTTPResponse {
    let worker = try await resources.get(
      .worker, try request.pathName(), try request.caller().rights)
    return .json(200, resources.views.explainLoss(of: worker))
  }
}
