import AspenModel
import AspenWire
import Synchronization

/// Brings what viewers want to the workers that run the streams.
final class DemandRouter: Sendable {
  private let demand = Mutex<[Int64: FrameDemand]>([:])
  private let registry: WorkerRegistry
  private let view: ClusterView

  init(registry: WorkerRegistry, view: ClusterView) {
    self.registry = registry
    self.view = view
  }

  /// The hub's viewers want something else than before.
  func changed(_ new: [Int64: FrameDemand]) {
    demand.withLock { $0 = new }
    distribute()
  }

  /// Sends every connected worker its part; sessions send only what has changed.
  func distribute() {
    let wanted = demand.withLock { $0 }
    let assignments = view.current.assignments
    var parts: [Int64: [ControllerMessage.StreamDemand]] = [:]
    for (streamID, demand) in wanted.sorted(by: { $0.key < $1.key }) {
      guard let assignment = assignments[streamID] else { continue }
      // While it is handed over both run it.
      for workerID in [assignment.workerID, assignment.previous?.workerID].compactMap(\.self) {
        parts[workerID, default: []].append(.init(streamID: streamID, demand: demand))
      }
    }
    for session in registry.sessions {
      session.demand(parts[session.workerID] ?? [])
    }
  }
}
