import AspenAPI
import AspenModel
import AspenStore

/// Begins long work; `OperationReconciler` carries it on.
struct OperationService: Sendable {
  let store: Store
  let resources: ResourceService
  let runner: ChangeRunner
  let sealer: SecretSealer?
  let wake: @Sendable () -> Void

  /// Marks a worker as draining and begins an operation that ends when its last stream has moved. If one
  /// is under way, that one is the answer.
  func drain(worker name: ObjectName, _ request: ChangeRequest) async throws -> ChangeAnswer {
    let answer = try await runner.run(request) { transaction in
      let current = try await resources.editable(
        transaction, .worker, name, request.rights)
      let spec = current.spec.merged(with: ["draining": true])
      _ = try await resources.edit(
        transaction, current,
        UpdateBody(
          labels: current.metadata.labels, annotations: current.metadata.annotations, spec: spec),
        .none, request.rights)
      return try await begin(.workerDrain, target: name, in: transaction)
    }
    if !request.isDryRun {
      resources.changed(.worker)
      wake()
    }
    return answer
  }

  /// Begins to seal every secret under the current key.
  func reseal(_ request: ChangeRequest) async throws -> ChangeAnswer {
    guard sealer != nil else {
      throw Problem(.conflict, "this controller has no key to seal with (secrets_key_file)")
    }
    let answer = try await runner.run(request) { transaction in
      try await begin(.secretReseal, target: nil, in: transaction)
    }
    if !request.isDryRun { wake() }
    return answer
  }

  private func begin(
    _ action: Operation.Action, target: ObjectName?, in transaction: StoreTransaction
  ) async throws -> ChangeAnswer {
    let running = try await OperationQueries.running(transaction).first {
      $0.action == action && $0.target == target?.text
    }
    let operation: Operation
    if let running {
      operation = running
    } else {
      operation = try await OperationQueries.create(transaction, action, target: target)
    }
    return ChangeAnswer(
      status: 202, body: ResourceView.operation(operation),
      location: "/v1/operations/\(operation.name)")
  }
}
