/// How far two names are apart: insertions, removals, replacements and swaps of neighbours.
enum EditDistance {
  /// At most this many names are proposed.
  private static let maxProposals = 3

  /// The names that somebody may have meant, the closest first: at most a third of the letters differ,
  /// or the name begins with what was written.
  static func closest(to name: String, among names: [String]) -> [String] {
    let limit = max(1, name.count / 3)
    let ranked = names.compactMap { candidate -> (distance: Int, name: String)? in
      let distance = distance(Array(name), Array(candidate))
      if distance <= limit { return (distance, candidate) }
      return candidate.hasPrefix(name) ? (limit + 1, candidate) : nil
    }
    return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(maxProposals).map(\.name)
  }

  /// The optimal string alignment distance, row by row.
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let isEqual = left[row] == right[column]
        var best = min(
          last[column + 1] + 1, current[column] + 1, last[column] + (isEqual ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
