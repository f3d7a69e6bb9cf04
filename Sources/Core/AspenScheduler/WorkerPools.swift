import AspenModel

/// The workers in pools: those of one pool stand at one site and differ in no label that any stream
/// asks for, so that one look at a pool tells whether a stream fits all of them.
struct WorkerPools {
  struct Pool {
    let site: ObjectName?
    /// Those of its first worker.
    let labels: Labels
    /// Ranks, in order.
    let workers: [Int]
    let policy: PlacementPolicy
  }

  /// A pool that fits a profile.
  struct Fit {
    let pool: Int
    /// What the profile's wishes say of it.
    let points: Int
  }

  /// The pools that fit a profile.
  struct Fits {
    /// Those of the most points first, then by their first workers.
    let pools: [Fit]
    /// The points of each of them.
    let points: [Int: Int]
    let workerCount: Int
  }

  private struct Key: Hashable {
    let site: ObjectName?
    /// The values of the labels that matter, in the order of their keys.
    let values: [String?]
  }

  let pools: [Pool]
  /// Each worker's pool, and its place among the pool's workers.
  let poolOf: [Int]
  let slotOf: [Int]
  private let poolsOfSite: [ObjectName?: [Int]]

  init(
    of workers: [SchedulableWorker], for profiles: [StreamTable.Profile],
    policy: (ObjectName?) -> PlacementPolicy
  ) {
    let keys = Self.labelKeys(in: profiles)
    var indexes: [Key: Int] = [:]
    var members: [[Int]] = []
    var poolOf: [Int] = []
    var slotOf: [Int] = []
    for (rank, worker) in workers.enumerated() {
      let key = Key(site: worker.site, values: keys.map { worker.labels[$0] })
      let index = indexes[key] ?? members.count
      if index == members.count {
        members.append([])
        indexes[key] = index
      }
      poolOf.append(index)
      slotOf.append(members[index].count)
      members[index].append(rank)
    }
    self.poolOf = poolOf
    self.slotOf = slotOf
    pools = members.map { ranks in
      let first = workers[ranks[0]]
      return Pool(
        site: first.site, labels: first.labels, workers: ranks, policy: policy(first.site))
    }
    poolsOfSite = Dictionary(grouping: pools.indices) { [pools] in pools[$0].site }
  }

  /// The pools that fit, best first.
  func fits(_ profile: StreamTable.Profile) -> Fits {
    let reachable =
      profile.requirement.site.map { poolsOfSite[$0] ?? [] } ?? Array(pools.indices)
    let found = reachable.filter { profile.requirement.labels.matches(pools[$0].labels) }
      .map { Fit(pool: $0, points: profile.wishes.points(of: pools[$0].labels)) }
      .sorted { ($1.points, $0.pool) < ($0.points, $1.pool) }
    return Fits(
      pools: found,
      points: Dictionary(uniqueKeysWithValues: found.map { ($0.pool, $0.points) }),
      workerCount: found.reduce(0) { $0 + pools[$1.pool].workers.count })
  }

  private static func labelKeys(in profiles: [StreamTable.Profile]) -> [String] {
    var keys: Set<String> = []
    for profile in profiles {
      let wishes = profile.wishes.prefer + profile.wishes.avoid
      for term in profile.requirement.labels.terms + wishes.flatMap(\.selector.terms) {
        switch term {
        case .exists(let key), .isAbsent(let key), .isOneOf(let key, _), .isNoneOf(let key, _):
          keys.insert(key)
        }
      }
    }
    return keys.sorted()
  }
}
