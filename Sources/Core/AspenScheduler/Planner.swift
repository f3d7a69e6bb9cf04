import AspenModel

/// Decides which worker runs which stream. Pure: the same snapshot gives the same plan.
///
/// - A stream stays where it is while its worker is ready or expected, has the labels that it
///   requires and stands at its camera's site, even on a cordoned or over-full worker.
/// - Others go to the ready, uncordoned worker of the lowest load fraction that fits and has room,
///   ties by name. Streams that fewer workers fit choose first, then by name, so that a stream
///   without requirements does not take the last place of a special worker.
/// - A stream of a lost worker that no other can take stays assigned to it, and is reported.
/// - A stream of a ready, draining worker moves when another can take it, after all that have no
///   worker and at most `movesPerPass` at once; otherwise it stays, and is reported.
/// - A stream that is disabled, whose worker is gone, or whose worker no longer fits, is unassigned
///   when no other worker takes it.
/// - A stream whose deletion was requested is left alone: it counts as a load of its worker until
///   it is gone.
///
/// Cost: O((streams + workers) log workers), and O(workers) for each distinct requirement.
package enum Planner {
  /// The most streams that leave draining workers in one plan, so that a cluster does not connect to
  /// all cameras of a large worker at once.
  package static let movesPerPass = 50

  /// The changes that the snapshot calls for. Planning again after they are made changes nothing but
  /// what `maxMoves` postponed.
  package static func plan(_ snapshot: ClusterSnapshot, maxMoves: Int = movesPerPass) -> Plan {
    var planning = Planning(snapshot)
    planning.settle()
    planning.placeHomeless()
    planning.moveDrained(atMost: maxMoves)
    return planning.plan
  }
}
