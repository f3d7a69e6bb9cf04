import AspenModel
import AspenPostgres

/// The table of a kind, in the form that all kinds share.
struct ResourceTable: Sendable {
  let kind: ResourceKind
  let name: String

  /// The table of a kind that is a resource; assignments and operations have queries of their own.
  static func of(_ kind: ResourceKind) -> ResourceTable {
    switch kind {
    case .camera: ResourceTable(kind: kind, name: "cameras")
    case .stream: ResourceTable(kind: kind, name: "streams")
    case .worker: ResourceTable(kind: kind, name: "workers")
    case .site: ResourceTable(kind: kind, name: "sites")
    case .token: ResourceTable(kind: kind, name: "tokens")
    case .roleBinding: ResourceTable(kind: kind, name: "role_bindings")
    case .user: ResourceTable(kind: kind, name: "users")
    case .joinToken: ResourceTable(kind: kind, name: "join_tokens")
    case .assignment, .operation, .controller:
      preconditionFailure("\(kind.words)s are no resources with a spec")
    }
  }

  /// What `Resource.init(_:_:)` reads, with the table as `r`.
  var columns: String {
    StoredRow.metadataColumns("r", deletion: deletion)
      + ", r.spec, \(cameraLabels) AS camera_labels"
  }

  /// What `columns` need besides the table.
  var joins: String { kind == .stream ? "JOIN cameras c ON c.id = r.camera_id" : "" }

  /// Where the kind's numbers come from.
  var sequence: String { name + "_id_seq" }

  var list: ListSource {
    ListSource(
      columns: columns, table: name, joins: joins,
      cameraLabels: kind.isOfCamera ? cameraLabels : nil,
      cameraID: kind == .stream ? "r.camera_id" : nil, labelEntries: labelEntries,
      cameraLabelEntries: kind == .stream ? "stream_camera_label_entries" : labelEntries)
  }

  func select(_ condition: String) -> String {
    "SELECT \(columns) FROM \(name) r \(joins) WHERE \(condition)"
  }

  /// A statement that changes rows, as one that returns what they have become. `rows` names the changed table
  /// where the statement has several.
  func returning(_ change: String, rows: String = "*") -> String {
    "WITH changed AS (\(change) RETURNING \(rows)) SELECT \(columns) FROM changed r \(joins)"
  }

  private var deletion: String {
    kind == .camera || kind == .stream ? "r.deletion_requested_at" : "NULL::timestamptz"
  }

  /// Of the other kinds there are never so many that a search takes long.
  private var labelEntries: String? {
    switch kind {
    case .camera: "camera_label_entries"
    case .stream: "stream_label_entries"
    default: nil
    }
  }

  private var cameraLabels: String {
    switch kind {
    case .camera: "r.labels"
    case .stream: "c.labels"
    default: "NULL::jsonb"
    }
  }
}

extension Resource {
  /// A row with the columns of the kind's table.
  init(_ kind: ResourceKind, _ row: StoredRow) throws(StoreError) {
    self.init(
      kind: kind, metadata: try row.metadata(), spec: try row.json("spec"),
      cameraLabels: try row.optionalLabels("camera_labels"))
  }
}
