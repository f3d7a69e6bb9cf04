import AspenModel
import AspenPostgres

/// The columns of a resource that a statement sets, with their values.
struct ResourceRow {
  private struct Column {
    let name: String
    /// SQL with `#` for the parameter.
    let expression: String
  }

  private(set) var values: [PostgresValue] = []
  private var columns: [Column] = []
  private var source = ""

  init(labels: Labels, annotations: Annotations, spec: JSONValue, revision: Int64) {
    set("labels", .json(labels.json.serializedText), "#::jsonb")
    set("annotations", .json(annotations.json.serializedText), "#::jsonb")
    set("spec", .json(spec.serializedText), "#::jsonb")
    set("resource_version", .int(revision), "#::bigint")
  }

  /// Sets a column to an expression, which has `#` for the value.
  mutating func set(_ name: String, _ value: PostgresValue, _ expression: String = "#") {
    columns.append(Column(name: name, expression: expression.replacing("#", with: next(value))))
  }

  mutating func add(_ extras: ResourceExtras, isNew: Bool) {
    switch extras {
    case .none: break
    case .camera(.keep): break
    case .camera(.set(let sealed)):
      set("credentials_sealed", .bytes(sealed.bytes), "#::bytea")
      set("credentials_key", .text(sealed.keyID), "#::text")
      set("credentials", .null, "#::jsonb")
    case .camera(.clear):
      set("credentials_sealed", .null, "#::bytea")
      set("credentials_key", .null, "#::text")
      set("credentials", .null, "#::jsonb")
    case .stream(let camera):
      precondition(isNew, "a stream keeps its camera")
      columns.append(Column(name: "camera_id", expression: "c.id"))
      // A camera that waits to be removed takes no new streams.
      source =
        " FROM cameras c WHERE c.name = \(next(.text(camera.text)))::text "
        + "AND c.deletion_requested_at IS NULL"
    case .token(let digest):
      precondition(isNew, "a token keeps its secret")
      set("secret_sha256", .bytes(digest), "#::bytea")
    case .joinToken(let publicID, let digest):
      precondition(isNew, "a join token keeps its secret")
      set("public_id", .text(publicID), "#::text")
      set("secret_sha256", .bytes(digest), "#::bytea")
    case .user(let hash):
      if let hash { set("password_hash", .text(hash), "#::text") }
    }
  }

  /// Inserts nothing when the camera of a stream is not there.
  func insert(into table: ResourceTable) -> String {
    """
    INSERT INTO \(table.name) (\(columns.map(\.name).joined(separator: ", ")))
    OVERRIDING SYSTEM VALUE
    SELECT \(columns.map(\.expression).joined(separator: ", "))\(source)
    """
  }

  /// Updates nothing when the resource has another version.
  mutating func update(_ table: ResourceTable, id: Int64, version: Int64) -> String {
    let changes = columns.map { "\($0.name) = \($0.expression)" }.joined(separator: ", ")
    return """
      UPDATE \(table.name) AS r SET \(changes), updated_at = now()
      WHERE r.id = \(next(.int(id)))::bigint AND r.resource_version = \(next(.int(version)))::bigint
      """
  }

  private mutating func next(_ value: PostgresValue) -> String {
    values.append(value)
    return "$\(values.count)"
  }
}
