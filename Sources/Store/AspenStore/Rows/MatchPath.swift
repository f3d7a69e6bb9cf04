import AspenModel

/// Selectors and filters as JSON paths (SQL/JSON, PostgreSQL 9.16.2), which are parameters of SQL: the
/// statement stays the same for every selector, and what users write is never part of it.
///
/// A GIN index with `jsonb_path_ops` answers the equalities of a path, also of several with "and" and "or",
/// and the other terms are checked on what it finds. A path without any equality would make it read all of
/// itself, hence `isSelective`.
struct MatchPath: Sendable, Hashable {
  /// Nil matches everything.
  let text: String?
  /// Whether an index can find what matches.
  let isSelective: Bool

  static let everything = MatchPath(text: nil, isSelective: false)

  private init(text: String?, isSelective: Bool) {
    self.text = text
    self.isSelective = isSelective
  }

  /// A path for labels.
  init(_ selector: LabelSelector) {
    self.init(
      text: selector.terms.isEmpty
        ? nil : selector.terms.map(Self.condition).joined(separator: " && "),
      isSelective: Self.isSelective(selector))
  }

  /// A path for labels that fulfil one of several selectors.
  init(anyOf selectors: [LabelSelector]) {
    let paths = selectors.map { MatchPath($0) }
    let texts = paths.compactMap(\.text)
    if texts.count < paths.count {
      self = .everything
    } else if texts.isEmpty {
      // Nothing matches, and the index need not be asked.
      self.init(text: "false == true", isSelective: false)
    } else {
      self.init(
        text: texts.map { "(\($0))" }.joined(separator: " || "),
        isSelective: paths.allSatisfy(\.isSelective))
    }
  }

  /// A path for specs.
  init(_ filters: [FieldFilter]) {
    let filters = filters.filter { $0.path.first == "spec" }
    self.init(
      text: filters.isEmpty ? nil : filters.map(Self.condition).joined(separator: " && "),
      isSelective: filters.contains { !$0.isNegated })
  }

  private static func isSelective(_ selector: LabelSelector) -> Bool {
    selector.terms.contains { term in
      if case .isOneOf = term { true } else { false }
    }
  }

  private static func condition(_ term: LabelSelector.Term) -> String {
    switch term {
    case .exists(let key): "exists(\(path([key])))"
    case .isAbsent(let key): "!exists(\(path([key])))"
    case .isOneOf(let key, let values): equals(path([key]), values.map { .string($0) })
    case .isNoneOf(let key, let values): "!" + equals(path([key]), values.map { .string($0) })
    }
  }

  /// A value of another type compares as unknown, and so does its negation: "another value" therefore asks
  /// whether there is one that is equal.
  private static func condition(_ filter: FieldFilter) -> String {
    let path = path(Array(filter.path.dropFirst()))
    return filter.isNegated
      ? "!exists(\(path) ? \(equals("@", filter.meanings)))" : equals(path, filter.meanings)
  }

  private static func equals(_ path: String, _ values: [JSONValue]) -> String {
    "(" + values.map { "\(path) == \($0.serializedText)" }.joined(separator: " || ") + ")"
  }

  private static func path(_ names: [String]) -> String {
    names.reduce("$") { "\($0).\(JSONValue.string($1).serializedText)" }
  }
}
