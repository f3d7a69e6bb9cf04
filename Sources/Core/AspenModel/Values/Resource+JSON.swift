extension Resource {
  /// The resource as the API and the feed of changes show it, without a status.
  package var json: JSONValue {
    .object(compacting: [
      ("kind", .string(kind.rawValue)), ("id", .integer(metadata.id)),
      ("name", .string(metadata.name.text)), ("labels", metadata.labels.json),
      ("annotations", metadata.annotations.json), ("generation", .integer(metadata.generation)),
      ("resource_version", .integer(metadata.resourceVersion)),
      ("created_at", .string(metadata.createdAt.text)),
      ("updated_at", .string(metadata.updatedAt.text)),
      ("deletion_requested_at", metadata.deletionRequestedAt.map { .string($0.text) }),
      ("spec", spec),
    ])
  }
}
