import AspenModel
import AspenPostgres

/// Labels of which all that is asked for has one, and the table that has an entry of each in the order of
/// names: a page can be read along these.
struct LabelEntries: Sendable, Hashable {
  /// One label with its value.
  struct Label: Sendable, Hashable {
    let key: String
    let value: String
  }

  let table: String
  /// One or more.
  let labels: [Label]
  /// Whether everything that has one of the labels is asked for.
  let isEverything: Bool

  /// More entries than these many labels lead to are not merged: each costs a search in the index.
  private static let maxLabels = 32

  private init?(_ table: String, _ labels: [Label], isEverything: Bool) {
    var known: Set<Label> = []
    self.labels = labels.filter { known.insert($0).inserted }
    self.table = table
    self.isEverything = isEverything
    if self.labels.isEmpty || self.labels.count > Self.maxLabels { return nil }
  }

  /// All the ways there are along entries to what a request asks for; none if it has another order than that
  /// of names.
  static func ways(_ source: ListSource, _ request: ListRequest) -> [LabelEntries] {
    if request.sort.field != .name || request.ids != nil { return [] }
    let terms = request.selector.terms
    let isOnlySelector = request.scopes == nil && request.filters.isEmpty
    var ways: [LabelEntries?] = []
    if let table = source.labelEntries {
      ways += terms.map { term in
        LabelEntries(table, labels(term), isEverything: isOnlySelector && terms.count == 1)
      }
    }
    if let table = source.cameraLabelEntries, let scopes = request.scopes {
      let labels = scopes.map { scope in scope.terms.map(Self.labels).first { !$0.isEmpty } ?? [] }
      if !labels.contains([]) {
        let isOnlyScope = terms.isEmpty && request.filters.isEmpty
        ways.append(
          LabelEntries(
            table, Array(labels.joined()),
            isEverything: isOnlyScope && scopes.allSatisfy { $0.terms.count == 1 }))
      }
    }
    return ways.compactMap { $0 }
  }

  private static func labels(_ term: LabelSelector.Term) -> [Label] {
    guard case .isOneOf(let key, let values) = term else { return [] }
    return values.map { Label(key: key, value: $0) }
  }
}

/// How far entries of labels go from the start of a page, up to a bound.
struct LabelReach: Sendable {
  let entries: LabelEntries
  /// At most `window`.
  let count: Int64
  /// The name of the last one, nil when there is none.
  let lastName: String?

  /// So many entries are counted: a tenth of a millisecond.
  static let window = 1_000

  /// Whether there are no more than were counted.
  var isWhole: Bool { count < Self.window }

  /// Whether less is passed on the way along these: they end, or come further with as many.
  func isSparser(than other: LabelReach, isDescending: Bool) -> Bool {
    if isWhole || other.isWhole { return count < other.count }
    let (name, otherName) = (lastName ?? "", other.lastName ?? "")
    return isDescending
      ? name.utf8.lexicographicallyPrecedes(otherName.utf8)
      : otherName.utf8.lexicographicallyPrecedes(name.utf8)
  }
}
