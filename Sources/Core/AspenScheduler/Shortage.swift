import AspenModel

/// Why no worker can take streams of one requirement, in words.
struct Shortage {
  let terms: [LabelSelector.Term]
  /// How many workers there are at all.
  let joinedCount: Int
  /// Those with the labels, in name order; none of them has room for a new stream.
  let fitting: [SchedulableWorker]

  /// The most names of workers in one reason.
  private static let maxNames = 5

  var reason: String {
    if joinedCount == 0 { return "no worker has joined" }
    if fitting.isEmpty {
      let labels = terms.map(\.description).joined(separator: ",")
      return "no worker has the labels '\(labels)' "
        + "(\(joinedCount) \(joinedCount == 1 ? "worker" : "workers") considered)"
    }
    let lost = fitting.filter { $0.phase == .lost }
    let expected = fitting.filter { $0.phase == .expected }
    let cordoned = fitting.filter { $0.phase == .ready && $0.isCordoned }
    let full = fitting.filter(\.takesNewStreams)
    var parts: [String] = []
    if !full.isEmpty { parts.append(describe(full: full)) }
    if !cordoned.isEmpty { parts.append("fitting workers are cordoned: \(names(cordoned))") }
    if !expected.isEmpty {
      parts.append("fitting workers have not come back yet: \(names(expected))")
    }
    if !lost.isEmpty { parts.append("fitting workers are lost: \(names(lost))") }
    return parts.joined(separator: "; ")
  }

  private func describe(full: [SchedulableWorker]) -> String {
    let capacities = Set(full.map(\.capacity))
    if full.count == 1 {
      return "fitting worker \(full[0].name) is full (capacity \(full[0].capacity))"
    }
    let subject = full.count == fitting.count ? "all \(full.count)" : "\(full.count)"
    let capacity =
      capacities.count == 1
      ? "capacity \(full[0].capacity) each"
      : "capacity \(full.map(\.capacity).reduce(0, +)) in total"
    return "\(subject) fitting workers are full (\(capacity))"
  }

  private func names(_ workers: [SchedulableWorker]) -> String {
    let shown = workers.prefix(Self.maxNames).map(\.name.text).joined(separator: ", ")
    let rest = workers.count - Self.maxNames
    return rest > 0 ? "\(shown) and \(rest) more" : shown
  }
}
