/// A place with cameras and workers of its own.
package struct SiteSpec: Sendable, Hashable {
  /// Words for people.
  package let description: String?

  /// A spec of its parts.
  package init(description: String? = nil) {
    self.description = description
  }

  /// Reads a spec strictly.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    self = try FieldReader.read(json, at: path) { fields in
      SiteSpec(description: fields.text("description"))
    }
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [("description", description.map { .string($0) })])
  }
}
