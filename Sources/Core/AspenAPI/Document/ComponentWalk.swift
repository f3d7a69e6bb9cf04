/// Finds the components that operations refer to, and those that these refer to.
struct ComponentWalk {
  private var found: [String: APIComponent] = [:]

  /// All of them by name.
  static func components(of operations: [APIOperation]) -> [APIComponent] {
    var walk = ComponentWalk()
    for operation in operations {
      for parameter in operation.parameters { walk.visit(parameter.schema) }
      if let body = operation.body { walk.visit(body.schema) }
      for answer in operation.answers { walk.visit(answer.content) }
    }
    walk.visit(.component(.problem))
    return walk.found.values.sorted { $0.name < $1.name }
  }

  private mutating func visit(_ content: APIAnswer.Content) {
    switch content {
    case .nothing, .webSocket: break
    case .json(let schema, let part):
      visit(schema)
      if let part { visit(part) }
    case .events(let data): visit(data)
    }
  }

  private mutating func visit(_ schema: APISchema) {
    switch schema.shape {
    case .any, .null, .boolean, .integer, .number, .text, .choice: break
    case .array(let element, _): visit(element)
    case .object(let fields, let others):
      for field in fields { visit(field.schema) }
      if let others { visit(others) }
    case .map(_, let values, _, let others):
      visit(values)
      if let others { visit(others) }
    case .anyOf(let choices), .oneOf(let choices):
      for choice in choices { visit(choice) }
    case .nullable(let inner): visit(inner)
    case .component(let component):
      if found.updateValue(component, forKey: component.name) == nil { visit(component.schema) }
    }
  }
}
