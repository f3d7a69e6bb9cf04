import AspenModel
import AspenPostgres

/// Sites are named in the specs of cameras, workers and join tokens. Writers follow each other, so what is
/// checked here holds until the end of the transaction.
enum SiteReferences {
  private static let kinds: [ResourceKind] = [.camera, .worker, .joinToken]

  /// Throws `.missingReference(.site)` when a spec names a site that is not there.
  static func check(
    _ transaction: StoreTransaction, _ kind: ResourceKind, _ spec: JSONValue
  ) async throws(StoreError) {
    guard kinds.contains(kind), let site = spec["site"]?.text else { return }
    let found = try await transaction.one("SELECT FROM sites WHERE name = $1", [.text(site)]) { _ in
      true
    }
    if found == nil { throw .missingReference(.site) }
  }

  /// Throws `.stillReferenced` when something names a site.
  static func checkUnused(
    _ transaction: StoreTransaction, _ site: ObjectName
  ) async throws(StoreError) {
    let spec: JSONValue = ["site": .string(site.text)]
    for kind in kinds {
      let found = try await transaction.one(
        "SELECT FROM \(ResourceTable.of(kind).name) WHERE spec @> $1::jsonb LIMIT 1",
        [.json(spec.serializedText)]
      ) { _ in true }
      if found != nil { throw .stillReferenced(by: kind) }
    }
  }
}
