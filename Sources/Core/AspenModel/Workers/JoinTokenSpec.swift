/// How often and how long workers may join with a token, and where they belong then.
package struct JoinTokenSpec: Sendable, Hashable {
  /// How many workers may join in all; nil is any number.
  package let uses: Int?
  /// Nil never expires.
  package let expiresAt: Timestamp?
  /// The name of the site that workers get that join.
  package let site: ObjectName?

  /// A spec of its parts.
  package init(uses: Int? = nil, expiresAt: Timestamp? = nil, site: ObjectName? = nil) {
    self.uses = uses
    self.expiresAt = expiresAt
    self.site = site
  }

  /// Reads a spec strictly. With `now`, as when a client sends it, `expires_in_seconds` may stand for
  /// `expires_at`.
  package init(
    json: JSONValue, now: Timestamp? = nil, at path: String = "/spec"
  ) throws(ValidationError) {
    self = try FieldReader.read(json, at: path) { fields in
      JoinTokenSpec(
        uses: fields.wholeNumber("uses", in: 1...1_000_000).map(Int.init),
        expiresAt: fields.expiry(now: now), site: fields.objectName("site"))
    }
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("uses", uses.map { .integer(Int64($0)) }),
      ("expires_at", expiresAt.map { .string($0.text) }),
      ("site", site.map { .string($0.text) }),
    ])
  }
}
