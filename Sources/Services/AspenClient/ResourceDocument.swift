package import AspenModel

/// A resource as the API sends it, with typed access to what all kinds share.
///
/// What a newer controller adds stays in `json`; what is missing or of another type reads as nil or
/// empty, so that an older controller's resources can be shown too.
package struct ResourceDocument: Sendable, Hashable {
  /// The whole of it.
  package let json: JSONValue

  /// Takes a resource as it came.
  package init(_ json: JSONValue) {
    self.json = json
  }

  /// Nil for a kind that this program does not know.
  package var kind: ResourceKind? { json["kind"]?.text.flatMap(ResourceKind.init) }
  /// Its name; an assignment goes by that of its stream.
  package var name: String { (json["name"] ?? json["stream"])?.text ?? "" }
  /// Short facts by which it is selected.
  package var labels: [String: String] { Self.texts(json["labels"]) }
  /// Text that people and programs keep with it.
  package var annotations: [String: String] { Self.texts(json["annotations"]) }
  /// Grows when the spec changes.
  package var generation: Int64? { json["generation"]?.wholeNumber }
  /// Grows at every change.
  package var resourceVersion: Int64? { json["resource_version"]?.wholeNumber }
  /// When it was made.
  package var createdAt: Timestamp? { time("created_at") }
  /// When it was changed last.
  package var updatedAt: Timestamp? { time("updated_at") }
  /// When somebody asked to delete it; it goes once nothing of it runs any more.
  package var deletionRequestedAt: Timestamp? { time("deletion_requested_at") }
  /// What its users want.
  package var spec: JSONValue { json["spec"] ?? .object([]) }
  /// What the system says of it.
  package var status: JSONValue { json["status"] ?? .object([]) }
  /// How it is, in a word.
  package var phase: String? { status["phase"]?.text }
  /// Why it is so.
  package var message: String? { status["message"]?.text }
  /// The generation that `status` is about.
  package var observedGeneration: Int64? { status["observed_generation"]?.wholeNumber }
  /// What holds and what does not.
  package var conditions: [Condition] {
    (status["conditions"]?.elements ?? []).compactMap(Condition.init)
  }

  /// What If-Match takes: the resource is changed only if it is still this one.
  package var entityTag: String? { resourceVersion.map { "\"\($0)\"" } }

  /// The condition of a type: `Streaming`, `Ready`.
  package func condition(_ type: String) -> Condition? {
    conditions.first { $0.type == type }
  }

  /// One thing that holds or does not.
  package struct Condition: Sendable, Hashable {
    package let type: String
    /// Nil is unknown.
    package let isTrue: Bool?
    package let reason: String
    package let message: String
    package let since: Timestamp?

    init?(_ json: JSONValue) {
      guard let type = json["type"]?.text else { return nil }
      self.type = type
      isTrue =
        switch json["status"]?.text {
        case "true": true
        case "false": false
        default: nil
        }
      reason = json["reason"]?.text ?? ""
      message = json["message"]?.text ?? ""
      since = json["since"]?.text.flatMap { try? Timestamp(rfc3339: $0, field: "since") }
    }
  }

  private func time(_ name: String) -> Timestamp? {
    json[name]?.text.flatMap { try? Timestamp(rfc3339: $0, field: name) }
  }

  private static func texts(_ json: JSONValue?) -> [String: String] {
    Dictionary(
      (json?.members ?? []).compactMap { member in member.value.text.map { (member.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}
