import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// For whoever supervises this process.
struct HealthHandlers: Sendable {
  let store: Store
  let leadership: Leadership

  /// The process answers.
  func health(_ request: APIRequest) async throws -> HTTPResponse {
    let epoch = leadership.claim?.epoch
    return .json(
      200,
      .object(compacting: [
        ("status", "ok"), ("version", .string(ProgramVersion.current)),
        ("leader", .bool(epoch != nil)), ("epoch", epoch.map { .integer($0) }),
      ]))
  }

  /// The process can do its work: PostgreSQL answers. Throws what becomes a 503.
  func readiness(_ request: APIRequest) async throws -> HTTPResponse {
    _ = try await ChangeFeedQueries.newestRevision(store.pool)
    return .json(200, ["status": "ready"])
  }
}
