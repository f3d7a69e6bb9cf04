package import AspenModel

/// The shape of one JSON value: the part of JSON Schema 2020-12 that the API needs.
///
/// Whatever a request may hold that a schema cannot say, the description says.
package struct APISchema: Sendable, Hashable {
  /// What a value may be.
  package indirect enum Shape: Sendable, Hashable {
    /// Any value.
    case any
    case null
    case boolean
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    /// A string; its length is counted in Unicode scalars.
    case text(length: ClosedRange<Int>, pattern: String?, format: String?)
    /// One of these strings.
    case choice([String])
    case array(APISchema, count: ClosedRange<Int>)
    /// Members by name. `others` is what members of another name must be; nil allows none.
    case object([APIField], others: APISchema?)
    /// Members whose names match `keys`. `others` as above.
    case map(keys: String, values: APISchema, maxCount: Int, others: APISchema?)
    case anyOf([APISchema])
    case oneOf([APISchema])
    /// The same or null.
    case nullable(APISchema)
    case component(APIComponent)
  }

  package let shape: Shape
  package private(set) var description: String?
  package private(set) var defaultValue: JSONValue?
  package private(set) var examples: [JSONValue] = []
  /// Whether it is only sent and never comes back.
  package private(set) var isWriteOnly = false

  /// A schema of a shape, with what people should know of it.
  package init(_ shape: Shape, _ description: String? = nil) {
    self.shape = shape
    self.description = description
  }

  /// The same with another description.
  package func described(_ text: String) -> APISchema {
    var schema = self
    schema.description = text
    return schema
  }

  /// The same with the value that holds when none is given.
  package func defaulting(to value: JSONValue) -> APISchema {
    var schema = self
    schema.defaultValue = value
    return schema
  }

  /// The same with examples.
  package func example(_ values: JSONValue...) -> APISchema {
    var schema = self
    schema.examples = values
    return schema
  }

  /// The same, never coming back.
  package var writeOnly: APISchema {
    var schema = self
    schema.isWriteOnly = true
    return schema
  }

  /// The same or null.
  package var orNull: APISchema {
    var schema = APISchema(.nullable(self), description)
    schema.isWriteOnly = isWriteOnly
    schema.defaultValue = defaultValue
    return schema
  }
}

/// A member of an object.
package struct APIField: Sendable, Hashable {
  package let name: String
  package let schema: APISchema
  package let isRequired: Bool

  /// A member that must be there.
  package static func required(_ name: String, _ schema: APISchema) -> APIField {
    APIField(name: name, schema: schema, isRequired: true)
  }

  /// A member that may be absent.
  package static func optional(_ name: String, _ schema: APISchema) -> APIField {
    APIField(name: name, schema: schema, isRequired: false)
  }

  /// A member of a request that may be absent; null reads as absent.
  package static func input(_ name: String, _ schema: APISchema) -> APIField {
    APIField(name: name, schema: schema.orNull, isRequired: false)
  }
}

/// A schema with a name, made when it is asked for: a program that uses one operation builds none.
package struct APIComponent: Sendable, Hashable {
  /// The name in `components/schemas`.
  package let name: String
  private let make: @Sendable () -> APISchema

  /// A named schema; two components of one name are the same.
  package init(_ name: String, _ make: @escaping @Sendable () -> APISchema) {
    self.name = name
    self.make = make
  }

  /// The schema, made anew.
  package var schema: APISchema { make() }

  package static func == (left: APIComponent, right: APIComponent) -> Bool {
    left.name == right.name
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}
