import AspenModel

/// Why a stream needs a worker, or another one.
enum Departure {
  /// It has none.
  case none
  /// Its worker is lost: it stays assigned until another takes it.
  case lost(ObjectName)
  /// It may not stay, whether another takes it or not.
  case leaves(String)
  /// A stream of higher priority has its place.
  case preempted(String)
  /// It stays with its lost worker for now.
  case waits(String)
}

extension Departure {
  /// Why a stream may not stay where it is; nil when it stays. `fits` says whether its worker, by rank,
  /// is what the stream requires.
  init?(
    of stream: SchedulableStream, _ workers: WorkerTable, _ storms: Storms,
    fits: (_ worker: Int) -> Bool
  ) {
    guard let current = stream.current else {
      self = .none
      return
    }
    guard let rank = workers.rankOfID[current.workerID] else {
      self = .leaves("its worker no longer exists")
      return
    }
    let worker = workers.workers[rank]
    if !fits(rank) {
      let unmet = stream.requirement.unmet(by: worker) ?? "does not fit"
      self = .leaves("worker \(worker.name) \(unmet)")
      return
    }
    if worker.phase != .lost { return nil }
    self = Self.wait(of: stream, for: worker, storms).map { .waits($0) } ?? .lost(worker.name)
  }

  private static func wait(
    of stream: SchedulableStream, for worker: SchedulableWorker, _ storms: Storms
  ) -> String? {
    if stream.onPartition == .keep, !worker.isDraining {
      return "waiting for lost worker \(worker.name): the stream is to stay with it "
        + "(on_partition: keep)"
    }
    if let reason = storms.reason(toKeepStreamsOf: worker) {
      return "waiting for lost worker \(worker.name): \(reason)"
    }
    if stream.onPartition == .stop, !worker.isLeaseOver {
      return "waiting until lost worker \(worker.name) has stopped it for certain "
        + "(on_partition: stop)"
    }
    return nil
  }
}
