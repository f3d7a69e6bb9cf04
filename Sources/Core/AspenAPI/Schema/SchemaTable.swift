/// What is dear to make, made once when the first value is checked: the schemas of the components that
/// the operations refer to, and the patterns in them.
struct SchemaTable: Sendable {
  private let schemas: [String: APISchema]
  private let patterns: [String: TextPattern]

  /// That of all declarations.
  static let declared = SchemaTable(operations: APIOperations.all)

  private init(operations: [APIOperation]) {
    let components = ComponentWalk.components(of: operations)
    let schemas = components.map { ($0.name, $0.schema) }
    self.schemas = Dictionary(schemas, uniquingKeysWith: { first, _ in first })
    var patterns: [String: TextPattern] = [:]
    for (_, schema) in schemas {
      for pattern in schema.patterns where patterns[pattern] == nil {
        patterns[pattern] = TextPattern(pattern)
      }
    }
    self.patterns = patterns
  }

  /// The schema of a component.
  func schema(of component: APIComponent) -> APISchema {
    schemas[component.name] ?? component.schema
  }

  /// Whether the whole of `text` matches `pattern`; nothing matches what is no pattern.
  func matches(_ text: String, _ pattern: String) -> Bool {
    (patterns[pattern] ?? TextPattern(pattern))?.matches(text) ?? false
  }
}

extension APISchema {
  /// The patterns in it, without those of the components that it refers to.
  package var patterns: [String] {
    switch shape {
    case .any, .null, .boolean, .integer, .number, .choice, .component: []
    case .text(_, let pattern, _): pattern.map { [$0] } ?? []
    case .array(let element, _): element.patterns
    case .object(let fields, let others):
      fields.flatMap(\.schema.patterns) + (others?.patterns ?? [])
    case .map(let keys, let values, _, let others):
      [keys] + values.patterns + (others?.patterns ?? [])
    case .anyOf(let choices), .oneOf(let choices): choices.flatMap(\.patterns)
    case .nullable(let inner): inner.patterns
    }
  }
}
