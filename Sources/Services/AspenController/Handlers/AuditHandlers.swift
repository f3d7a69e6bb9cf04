import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// How an entry of the audit looks in the API.
enum AuditView {
  /// One entry.
  static func json(_ entry: AuditEntry) -> JSONValue {
    ResourceView.auditEntry(
      id: entry.id, at: entry.at, actor: entry.origin.actor, address: entry.origin.address,
      requestID: entry.origin.requestID, operation: entry.origin.operation,
      outcome: entry.outcome.rawValue, message: entry.message, objectKind: entry.objectKind,
      objectName: entry.objectName, before: entry.before, after: entry.after)
  }
}

/// `/v1/audit-entries`.
struct AuditHandlers: Sendable {
  let store: Store

  /// A page of the audit, newest first.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let limit = try request.limit()
    var filter = AuditFilter()
    filter.actor = try request.text("actor")
    filter.objectKind = try request.query("kind").map { text in
      guard let kind = ResourceKind(rawValue: text) else {
        let kinds = ResourceKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("kind", "must be one of: \(kinds)")
      }
      return kind
    }
    filter.objectName = try request.text("name")
    filter.operation = try request.text("operation")
    filter.since = try request.timestamp("since")
    filter.until = try request.timestamp("until")
    filter.before = try request.wholeNumber("cursor", in: 1...Int64.max)
    filter.limit = limit + 1
    var entries = try await AuditQueries.list(store.pool, filter)
    let hasMore = entries.count > limit
    if hasMore { entries.removeLast() }
    return .page(
      entries.map(AuditView.json), next: hasMore ? entries.last.map { "\($0.id)" } : nil,
      revision: nil)
  }
}
