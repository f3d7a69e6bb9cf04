import AspenModel

/// The sites that most of their workers were lost from at once.
///
/// That is rather the site's network than its workers: they go on, and come back together. Their streams
/// wait for a while, since the few workers that are left could not take them all, and elsewhere all would
/// begin anew for nothing.
struct Storms {
  private struct Count {
    var present = 0
    var lost = 0

    var total: Int { present + lost }
  }

  private let rules: PlannerRules
  private var counts: [ObjectName?: Count] = [:]

  init(_ workers: [SchedulableWorker], _ rules: PlannerRules) {
    self.rules = rules
    for worker in workers {
      if isFresh(worker) {
        counts[worker.site, default: Count()].lost += 1
      } else if worker.phase != .lost {
        counts[worker.site, default: Count()].present += 1
      }
    }
    counts = counts.filter { $1.lost >= rules.stormSize && $1.lost > $1.present }
  }

  /// Why the streams of a lost worker stay with it for now; nil when they do not.
  func reason(toKeepStreamsOf worker: SchedulableWorker) -> String? {
    guard isFresh(worker), let count = counts[worker.site] else { return nil }
    let place = worker.site.map { "site '\($0)' is frozen" } ?? "workers of no site are frozen"
    return "\(place): \(count.lost) of \(count.total) workers were lost at once, and have "
      + "\(rules.stormHold.components.seconds) s to come back before their streams go elsewhere"
  }

  /// Whether the worker was lost so lately that it may come back with others.
  private func isFresh(_ worker: SchedulableWorker) -> Bool {
    guard worker.phase == .lost, let lostFor = worker.lostFor else { return false }
    return lostFor < rules.stormHold
  }
}
