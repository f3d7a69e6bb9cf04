import AspenModel

/// A parameter of an operation.
package struct APIParameter: Sendable, Hashable {
  /// Where a parameter stands in a request.
  package enum Place: String, Sendable, Hashable {
    case path
    case query
    case header
  }

  package let name: String
  package let place: Place
  package let isRequired: Bool
  package let description: String
  package let schema: APISchema

  /// A parameter of the query that may be left out.
  package init(query name: String, _ schema: APISchema, _ description: String) {
    self.init(name: name, place: .query, isRequired: false, description, schema)
  }

  private init(
    name: String, place: Place, isRequired: Bool, _ description: String, _ schema: APISchema
  ) {
    self.name = name
    self.place = place
    self.isRequired = isRequired
    self.description = description
    self.schema = schema
  }

  /// A parameter of the path.
  static func ofPath(_ name: String) -> APIParameter {
    APIParameter(
      name: name, place: .path, isRequired: true,
      name == "name" ? "Its name." : "The \(name)'s name.",
      .component(.objectName))
  }

  static let ifMatch = APIParameter(
    name: "If-Match", place: .header, isRequired: true,
    """
    The `ETag` of the resource as it was read; refused (412) if it has changed since, and when left \
    out (428). `*` is any version.
    """,
    .text(1...32, pattern: #"^(\*|"[0-9]{1,19}")$"#).example(#""17""#))

  static let idempotencyKey = APIParameter(
    name: "Idempotency-Key", place: .header, isRequired: false,
    """
    Chosen by the client: a repetition with the same key and body gets the first answer again. With \
    another body it is refused (422).
    """,
    .text(1...255, pattern: "^[ -~]{1,255}$"))

  static let dryRun = APIParameter(
    query: "dry_run", APISchema.boolean.defaulting(to: false),
    "Checks everything, answers as if it were done, and changes nothing.")
}
