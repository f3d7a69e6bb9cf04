/// A place with cameras and workers of its own.
package struct SiteSpec: Sendable, Hashable {
  /// Words for people.
  package let description: String?
  /// How streams are shared out among its workers; nil is as for workers of no site.
  package let placement: PlacementPolicy?

  /// A spec of its parts.
  package init(description: String? = nil, placement: PlacementPolicy? = nil) {
    self.description = description
    self.placement = placement
  }

  /// Reads a spec strictly.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    self = try FieldReader.read(json, at: path) { fields in
      SiteSpec(
        description: fields.text("description"),
        placement: fields.choice("placement", of: PlacementPolicy.self))
    }
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("description", description.map { .string($0) }),
      ("placement", placement.map { .string($0.rawValue) }),
    ])
  }
}
