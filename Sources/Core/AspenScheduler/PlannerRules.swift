package import AspenModel

/// By which figures the planner decides.
package struct PlannerRules: Sendable, Hashable {
  /// How workers share streams out whose site says nothing, or that have none.
  package var policy = PlacementPolicy.spread
  /// The most streams that leave draining workers, or move for balance, in one plan, so that a cluster
  /// does not connect to all cameras of a large worker at once.
  package var maxMoves = Planner.movesPerPass
  /// The most of them that move for balance.
  package var maxBalancingMoves = 5
  /// By how much a worker must be better for a stream to move there, in hundredths of a worker's
  /// capacity: a move costs its viewers a moment.
  package var balancingThreshold = 20
  /// How long a stream has to be on its worker before it moves for balance.
  package var restingTime = Duration.seconds(300)
  /// How long a stream's new worker has until it must have pictures. Then the old one lets go all the same:
  /// it is to be free of it, and a camera that fails does so on either.
  package var handoverLimit = Duration.seconds(15)
  /// A site whose workers are lost at once, so many of them and more than half, is frozen: that is its
  /// network and not the workers, and the others would only be overrun.
  package var stormSize = 3
  /// Until when after its loss a worker counts for that: then its streams are placed elsewhere after all.
  package var stormHold = Duration.seconds(60)
  /// Decides which workers are looked at when there are too many for a few streams.
  package var seed: UInt64 = 1

  /// The usual rules.
  package init() {}
}
