import AspenModel
import AspenStore
import Logging

/// Carries long work on: a bounded step of each operation at every pass, until it is done.
///
/// Law of reconcilers: activated by a signal and by a period, takes no input, idempotent, no retries of
/// its own. Only the leader does it; one that stops leaves its operations to the next.
struct OperationReconciler: Sendable {
  let store: Store
  let leadership: Leadership
  let view: ClusterView
  let sealer: SecretSealer?
  let log: Logger

  private enum Limits {
    /// Secrets that one pass seals anew: a fraction of a second.
    static let secretsPerPass = 500
  }

  /// One pass.
  func reconcile() async throws {
    guard let claim = leadership.claim else { return }
    do {
      for operation in try await OperationQueries.running(store.pool) {
        switch operation.action {
        case .workerDrain: try await carryOn(drain: operation, claim)
        case .secretReseal: try await carryOn(reseal: operation, claim)
        }
      }
    } catch StoreError.notLeader {
      leadership.refused(claim)
    }
  }

  private func carryOn(drain operation: Operation, _ claim: LeadershipClaim) async throws {
    guard let target = operation.target, let name = try? ObjectName(target),
      let worker = try await ResourceQueries.find(store.pool, .worker, name)
    else {
      return try await finish(operation, claim, .failed, "the worker is gone")
    }
    guard worker.spec["draining"]?.flag == true else {
      return try await finish(operation, claim, .failed, "the worker is no longer to be drained")
    }
    let progress = view.drainProgress(workerID: worker.metadata.id)
    let total = max(operation.totalCount ?? 0, Int64(progress.remaining))
    // The scheduler must have seen that the worker is draining, or it may still place a stream there.
    let isSeen = view.current.workerGenerations[worker.metadata.id] == worker.metadata.generation
    if progress.remaining == 0, isSeen {
      try await step(
        operation, claim, done: total, total: total, "all streams have moved", .succeeded)
      return
    }
    let words =
      progress.stuck.first.map { "\(progress.stuck.count) streams cannot move: \($0)" }
      ?? "\(progress.remaining) streams still to move"
    try await step(
      operation, claim, done: total - Int64(progress.remaining), total: total, words, .running)
  }

  private func carryOn(reseal operation: Operation, _ claim: LeadershipClaim) async throws {
    guard let sealer else {
      return try await finish(operation, claim, .failed, "there is no key to seal with")
    }
    let resealed = try await SecretSealing(store: store, sealer: sealer).pass(
      limit: Limits.secretsPerPass)
    let done = operation.doneCount + Int64(resealed.count)
    try await step(
      operation, claim, done: done, total: resealed.isComplete ? done : nil,
      resealed.isComplete
        ? "all secrets are sealed with key \(sealer.currentKeyID)" : "\(done) secrets sealed",
      resealed.isComplete ? .succeeded : .running)
  }

  private func finish(
    _ operation: Operation, _ claim: LeadershipClaim, _ state: Operation.State, _ message: String
  ) async throws {
    try await step(
      operation, claim, done: operation.doneCount, total: operation.totalCount, message, state)
  }

  private func step(
    _ operation: Operation, _ claim: LeadershipClaim, done: Int64, total: Int64?,
    _ message: String, _ state: Operation.State
  ) async throws {
    let isSame =
      operation.state == state && operation.doneCount == done && operation.totalCount == total
      && operation.message == message
    if isSame { return }
    try await store.write(leader: claim) { transaction in
      _ = try await OperationQueries.progress(
        transaction, id: operation.id, doneCount: done, totalCount: total, message: message)
      if state.isFinal {
        _ = try await OperationQueries.finish(
          transaction, id: operation.id, state, message: message)
      }
    }
    if state.isFinal {
      log.info(
        "operation ended",
        metadata: [
          "operation": "\(operation.name)", "action": "\(operation.action.rawValue)",
          "state": "\(state.rawValue)", "message": "\(message)",
        ])
    }
  }
}
