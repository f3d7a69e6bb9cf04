package import AspenModel

/// All that the planner sees: every stream and every worker at one moment. Ids are unique.
package struct ClusterSnapshot: Sendable, Hashable {
  package let streams: [SchedulableStream]
  package let workers: [SchedulableWorker]
  /// How the workers of a site share streams out, where the site says so.
  package let policies: [ObjectName: PlacementPolicy]

  /// A snapshot; the order of streams and workers does not matter.
  package init(
    streams: [SchedulableStream], workers: [SchedulableWorker],
    policies: [ObjectName: PlacementPolicy] = [:]
  ) {
    self.streams = streams
    self.workers = workers
    self.policies = policies
  }

  /// A cluster of nothing.
  package static let empty = ClusterSnapshot(streams: [], workers: [])
}
