package import AspenModel

extension APISchema {
  /// The schema in JSON Schema 2020-12, as OpenAPI 3.1 has it.
  package var json: JSONValue {
    .object(
      compacting: shapeMembers + [
        ("description", description.map { .string($0) }), ("default", defaultValue),
        ("examples", examples.isEmpty ? nil : .array(examples)),
        ("writeOnly", isWriteOnly ? true : nil),
      ])
  }

  /// A component's place in the document.
  static func reference(to component: APIComponent) -> JSONValue {
    .string("#/components/schemas/\(component.name)")
  }

  private var shapeMembers: [(String, JSONValue?)] {
    switch shape {
    case .any: []
    case .null: [("type", "null")]
    case .boolean: [("type", "boolean")]
    case .integer(let range): Self.integerMembers(range)
    case .number(let range): Self.numberMembers(range)
    case .text(let length, let pattern, let format):
      [
        ("type", "string"), ("format", format.map { .string($0) }),
        ("minLength", length.lowerBound == 0 ? nil : .integer(Int64(length.lowerBound))),
        ("maxLength", Self.bound(length.upperBound)), ("pattern", pattern.map { .string($0) }),
      ]
    case .choice(let words):
      words.count == 1
        ? [("type", "string"), ("const", .string(words[0]))]
        : [("type", "string"), ("enum", .array(words.map { .string($0) }))]
    case .array(let element, let count):
      [
        ("type", "array"), ("items", element.json),
        ("minItems", count.lowerBound == 0 ? nil : .integer(Int64(count.lowerBound))),
        ("maxItems", Self.bound(count.upperBound)),
      ]
    case .object(let fields, let others): Self.objectMembers(fields, others)
    case .map(let keys, let values, let maxCount, let others):
      [
        ("type", "object"), ("maxProperties", Self.bound(maxCount)),
        ("patternProperties", .object([.init(keys, values.json)])),
        ("additionalProperties", others.map(\.json) ?? false),
      ]
    case .anyOf(let choices): [("anyOf", .array(choices.map(\.json)))]
    case .oneOf(let choices): [("oneOf", .array(choices.map(\.json)))]
    case .nullable(let inner): Self.nullableMembers(inner)
    case .component(let component): [("$ref", Self.reference(to: component))]
    }
  }

  private static func bound(_ count: Int) -> JSONValue? {
    count == Int.max ? nil : .integer(Int64(count))
  }

  private static func integerMembers(_ range: ClosedRange<Int64>) -> [(String, JSONValue?)] {
    [
      ("type", "integer"), ("format", range.upperBound > Int64(Int32.max) ? "int64" : nil),
      ("minimum", range.lowerBound == Int64.min ? nil : .integer(range.lowerBound)),
      ("maximum", .integer(range.upperBound)),
    ]
  }

  private static func numberMembers(_ range: ClosedRange<Double>) -> [(String, JSONValue?)] {
    [
      ("type", "number"),
      ("minimum", range.lowerBound.isFinite ? number(range.lowerBound) : nil),
      ("maximum", range.upperBound.isFinite ? number(range.upperBound) : nil),
    ]
  }

  private static func number(_ value: Double) -> JSONValue {
    Int64(exactly: value).map { .integer($0) } ?? .number(value)
  }

  private static func objectMembers(
    _ fields: [APIField], _ others: APISchema?
  ) -> [(String, JSONValue?)] {
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
    // Whatever is allowed need not be said.
    let additional = others.map { $0 == .any ? nil : $0.json } ?? false
    return [
      ("type", "object"), ("required", required.isEmpty ? nil : .array(required)),
      (
        "properties",
        fields.isEmpty ? nil : .object(fields.map { .init($0.name, $0.schema.json) })
      ), ("additionalProperties", additional),
    ]
  }

  /// A simple type takes null into its list of types; anything else becomes a choice.
  private static func nullableMembers(_ inner: APISchema) -> [(String, JSONValue?)] {
    let members = inner.shapeMembers
    if case .choice(let words) = inner.shape {
      return [
        ("type", ["string", "null"]), ("enum", .array(words.map { .string($0) } + [.null])),
      ]
    }
    if case .string(let type)? = members.first(where: { $0.0 == "type" })?.1 {
      return [("type", [.string(type), "null"])] + members.filter { $0.0 != "type" }
        + [("examples", inner.examples.isEmpty ? nil : .array(inner.examples))]
    }
    return [("anyOf", [inner.withoutDescription.json, ["type": "null"]])]
  }

  /// The description stands beside the choice already.
  private var withoutDescription: APISchema {
    APISchema(shape)
  }
}
