import AspenAPI
import AspenModel
import AspenStore
import Logging

/// Writes into the audit what somebody tried and may not do.
struct RefusalAudit: Sendable {
  let store: Store
  let log: Logger

  /// Notes a refused change. Looking where one may not look is no change and leaves no entry.
  func note(_ origin: ChangeOrigin, of operation: APIOperation, _ problem: Problem) async {
    guard operation.method != "GET" else { return }
    do {
      try await AuditQueries.record(
        store.pool, AuditEvent(origin: origin, outcome: .refused, message: problem.detail))
    } catch {
      log.warning(
        "refusal not audited",
        metadata: ["request_id": "\(origin.requestID)", "error": "\(error)"])
    }
  }
}
