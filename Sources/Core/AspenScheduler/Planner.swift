import AspenModel

/// Decides which worker runs which stream. Pure: the same snapshot gives the same plan.
///
/// - A stream stays where it is while its worker is ready or expected, has the labels that it
///   requires and stands at its camera's site, even on a cordoned or over-full worker.
/// - Others go to the worker of the highest score among those that take new streams (ready, not
///   cordoned, draining or held off), fit and have room for its cost; ties by name. The score is what the
///   worker has left, or at a site that packs what it has not, in hundredths; plus the weights of what
///   the stream prefers, less those of what it avoids; plus 30 and the share of its decoder
///   where a stream of its camera runs already.
/// - The highest priority chooses first, then streams that fewer workers fit, so that a stream without
///   requirements does not take the last place of a special worker, then those that cost more, then by
///   name. Where nothing has room, a stream takes the place of streams of lower priority.
/// - A stream of a lost worker that no other can take stays assigned to it, and is reported; so does one
///   that is to wait (`PartitionRule`), or whose site lost most of its workers at once.
/// - A stream of a ready, draining worker moves when another can take it, after all that have no
///   worker and at most `movesPerPass` at once; otherwise it stays, and is reported.
/// - When nothing else changes, a few streams move to workers that suit them better by far.
/// - Both moves hand over: the old worker runs the stream on until the new one has pictures, and counts as
///   loaded by it. Not so where there are no pictures, or the camera serves one connection at a time.
/// - A stream that is disabled, whose worker is gone, or whose worker no longer fits, is unassigned
///   when no other worker takes it.
/// - A stream whose deletion was requested is left alone: it counts as a load of its worker until
///   it is gone.
///
/// Cost: O(streams + workers) to see what there is; of what changes, about two looks at a worker for
/// each stream, and one at each worker that fits (`Plan.evaluations`).
package enum Planner {
  /// The most streams that leave draining workers in one plan, so that a cluster does not connect to
  /// all cameras of a large worker at once.
  package static let movesPerPass = 50

  /// The changes that the snapshot calls for. Planning again after they are made changes nothing but
  /// what the bounds on moves postponed.
  package static func plan(
    _ snapshot: ClusterSnapshot, maxMoves: Int? = nil, rules: PlannerRules = PlannerRules()
  ) -> Plan {
    var rules = rules
    rules.maxMoves = maxMoves ?? rules.maxMoves
    var planning = Planning(snapshot, rules)
    planning.settle()
    planning.placeHomeless()
    planning.moveDrained()
    planning.endHandovers()
    planning.balance()
    return planning.plan
  }
}
