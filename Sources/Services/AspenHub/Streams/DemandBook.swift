import AspenModel

/// The demand of all shards, joined.
struct DemandBook {
  private var shards: [Int: [Int64: FrameDemand]] = [:]
  /// The union for each demanded stream.
  private(set) var union: [Int64: FrameDemand] = [:]

  /// Takes one shard's changed demands (nil: none any more). True if the union changed.
  mutating func update(shard: Int, _ changes: [Int64: FrameDemand?]) -> Bool {
    var hasChanged = false
    for (streamID, demand) in changes {
      shards[shard, default: [:]][streamID] = demand
      let joined = shards.values.compactMap { $0[streamID] }.joinedDemand
      if union[streamID] != joined {
        union[streamID] = joined
        hasChanged = true
      }
    }
    return hasChanged
  }
}

extension Sequence<FrameDemand> {
  /// The smallest demand that serves all; nil if there is none.
  var joinedDemand: FrameDemand? {
    reduce(nil) { joined, demand in joined?.union(demand) ?? demand }
  }
}
