import AspenAPI
import AspenModel

/// Where a stream stands, from its placement, its worker's life and its worker's words.
enum StreamSituation: Sendable, Hashable {
  /// Its deletion was requested; what it waits for, in words.
  case deleting(String)
  case disabled
  /// No worker has it. Nil before the scheduler has looked at it.
  case unassigned(String?)
  /// Its worker is not ready. `placement` says why no other has it.
  case unheard(Assignment, WorkerPhase, placement: String)
  /// Its worker has not said anything of it at this generation.
  case starting(Assignment, stuck: String?)
  /// Its worker reports.
  case reported(Assignment, StreamStatus, stuck: String?)

  /// The worker that has it.
  var assignment: Assignment? {
    switch self {
    case .deleting, .disabled, .unassigned: nil
    case .unheard(let assignment, _, _), .starting(let assignment, _),
      .reported(let assignment, _, _):
      assignment
    }
  }

  var phase: CameraPhase {
    switch self {
    case .deleting, .disabled: .stopped
    case .unassigned: .unassigned
    case .unheard: .unknown
    case .starting: .connecting
    case .reported(_, let status, _): status.phase
    }
  }

  /// The state in words.
  var message: String {
    switch self {
    case .deleting(let obstacle): "it is being deleted: \(obstacle)"
    case .disabled: "the stream is disabled"
    case .unassigned(let reason): "no worker runs it: \(reason ?? Self.notLookedAt)"
    case .unheard(let assignment, _, _): "worker \(assignment.workerName) is not heard of"
    case .starting(let assignment, _): "worker \(assignment.workerName) is starting it"
    case .reported(_, let status, _): status.message
    }
  }

  /// Why it is where it is, or why it is nowhere.
  var placement: String {
    switch self {
    case .deleting: "deletion requested"
    case .disabled: "disabled"
    case .unassigned(let reason): reason ?? Self.notLookedAt
    case .unheard(_, _, let placement): placement
    case .starting(let assignment, let stuck), .reported(let assignment, _, let stuck):
      stuck ?? assignment.reason
    }
  }

  /// Whether a living worker has it.
  var placed: (status: Condition.Status, reason: ConditionReason) {
    switch self {
    case .deleting: (.fails, .deletionRequested)
    case .disabled: (.fails, .disabled)
    case .unassigned(let reason): (.fails, reason == nil ? .pending : .noFeasibleWorker)
    case .unheard(_, .lost, _): (.fails, .workerLost)
    case .unheard: (.unknown, .workerExpected)
    case .starting(_, let stuck), .reported(_, _, let stuck):
      (.holds, stuck == nil ? .assigned : .workerDraining)
    }
  }

  /// Whether its camera's packets arrive.
  var streaming: (status: Condition.Status, reason: ConditionReason) {
    switch self {
    case .deleting: (.fails, .deletionRequested)
    case .disabled: (.fails, .disabled)
    case .unassigned: (.fails, .notPlaced)
    case .unheard(_, .lost, _): (.unknown, .workerLost)
    case .unheard: (.unknown, .workerExpected)
    case .starting: (.fails, .connecting)
    case .reported(_, let status, _): Self.streaming(status)
    }
  }

  private static let notLookedAt = "not looked at yet"

  private static func streaming(
    _ status: StreamStatus
  ) -> (status: Condition.Status, reason: ConditionReason) {
    switch status.phase {
    case .streaming: (.holds, .receiving)
    case .connecting: (.fails, .connecting)
    case .failing: (.fails, status.fault.map { ConditionReason($0) } ?? .stopped)
    case .stopped, .unassigned: (.fails, .stopped)
    case .unknown: (.unknown, .pending)
    }
  }
}
