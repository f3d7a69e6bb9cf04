/// Work that takes longer than a request: a drain, sealing all secrets anew.
package struct Operation: Sendable, Hashable {
  /// What is being done.
  package enum Action: String, Sendable, Hashable, CaseIterable {
    case workerDrain = "worker_drain"
    case secretReseal = "secret_reseal"
  }

  /// How far it is. May go pending → running → succeeded or failed.
  package enum State: String, Sendable, Hashable, CaseIterable {
    case pending
    case running
    case succeeded
    case failed

    /// Whether it will not change any more.
    package var isFinal: Bool { self == .succeeded || self == .failed }
  }

  package let id: Int64
  package let name: ObjectName
  package let action: Action
  /// The name of what it is done to, if it is one thing.
  package let target: String?
  package let state: State
  package let doneCount: Int64
  /// How much there is to do, as far as that is known.
  package let totalCount: Int64?
  /// The state in words.
  package let message: String
  package let createdAt: Timestamp
  package let updatedAt: Timestamp
  package let finishedAt: Timestamp?

  /// A stored operation.
  package init(
    id: Int64, name: ObjectName, action: Action, target: String?, state: State, doneCount: Int64,
    totalCount: Int64?, message: String, createdAt: Timestamp, updatedAt: Timestamp,
    finishedAt: Timestamp?
  ) {
    self.id = id
    self.name = name
    self.action = action
    self.target = target
    self.state = state
    self.doneCount = doneCount
    self.totalCount = totalCount
    self.message = message
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.finishedAt = finishedAt
  }
}
