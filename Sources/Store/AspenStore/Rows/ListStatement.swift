import AspenModel
import AspenPostgres

/// Where the things of a list are stored. The alias of the listed table is `r`.
struct ListSource: Sendable {
  /// What is read of each; has `id`, `name` and `resource_version`.
  let columns: String
  let table: String
  /// What is joined to a row of `table`: never more than one row.
  var joins = ""
  /// The labels that selectors are about.
  var labels = "r.labels"
  /// The labels that scopes are about; nil for what belongs to no camera.
  var cameraLabels: String?
  /// The camera's number, where `cameraLabels` are those of another row.
  var cameraID: String?
  /// The table with an entry for each of `labels`: see `LabelEntries`.
  var labelEntries: String?
  /// The table with an entry for each of `cameraLabels`.
  var cameraLabelEntries: String?
  /// What filters are about.
  var spec = "r.spec"
}

/// A statement that reads one page.
///
/// There are three ways to a page of what matches. A walk along the index of the order takes what matches on
/// its way: cheap when much does. A walk along the entries of a label, which are in the order of names, passes
/// only what has the label: as cheap with a million cameras as with a thousand. A search collects all that
/// matches, by the GIN indexes, and sorts it: cheap when little does. One plan of PostgreSQL for all would
/// depend on its guess of how much matches, and where in the order: a wrong one walks past a million cameras
/// to find five. So its guess only decides what is tried first, and a walk past what does not match has a
/// bound, after which the search is made: see `PostgresExecutor.page`.
struct ListStatement: Sendable {
  private(set) var sql = ""
  private(set) var values: [PostgresValue] = []
  private var conditions: [String] = []
  private let source: ListSource
  private let request: ListRequest

  private init(_ source: ListSource, _ request: ListRequest, isSearch: Bool = false) {
    self.source = source
    self.request = request
    addConditions(isSearch: isSearch)
  }

  /// Without conditions.
  private init(request: ListRequest, source: ListSource) {
    self.source = source
    self.request = request
  }

  /// Goes along the index of the order, past at most `window` rows, and takes those that match.
  static func walk(_ source: ListSource, _ request: ListRequest, window: Int?) -> ListStatement {
    var statement = ListStatement(source, request)
    let start = statement.startCondition("r")
    let limit = statement.parameter(.int(Int64(request.limit) + 1), "bigint")
    var from = "\(source.table) r"
    if let window {
      // The window is no parameter, so that no plan is made without knowing that it is small.
      from = """
        (SELECT * FROM \(source.table) r WHERE \(start) ORDER BY \(statement.order("r")) LIMIT \(window)) r
        """
    } else {
      statement.conditions.append(start)
    }
    statement.sql = statement.page(
      """
      SELECT \(source.columns)
      FROM \(from) \(source.joins)
      WHERE \(statement.allConditions)
      ORDER BY \(statement.order("r"))
      LIMIT \(limit)
      """)
    return statement
  }

  /// Goes along entries of labels, at most `window`, and takes what matches in all other ways too. Conditions
  /// are checked on the things themselves: entries only tell where to look.
  static func walk(
    _ source: ListSource, _ request: ListRequest, along entries: LabelEntries, window: Int
  ) -> ListStatement {
    var statement = ListStatement(source, request)
    let way = statement.select(entries, window: window)
    let limit = statement.parameter(.int(Int64(request.limit) + 1), "bigint")
    statement.sql = statement.page(
      """
      SELECT \(source.columns)
      FROM (\(way)) e JOIN \(source.table) r ON r.id = e.object_id \(source.joins)
      WHERE \(statement.allConditions)
      ORDER BY \(statement.order("e"))
      LIMIT \(limit)
      """)
    return statement
  }

  /// Looks how far some ways along entries go: rows of `place`, `entries`, `last_name`.
  static func reach(
    _ source: ListSource, _ request: ListRequest, along ways: [LabelEntries]
  ) -> ListStatement {
    var statement = ListStatement(request: request, source: source)
    let last = request.sort.isDescending ? "min" : "max"
    let counts = ways.enumerated().map { place, entries in
      """
      SELECT \(place)::bigint AS place, count(*) AS entries, \(last)(e.name) AS last_name
      FROM (\(statement.select(entries, window: LabelReach.window))) e
      """
    }
    statement.sql = counts.joined(separator: "\nUNION ALL\n") + "\nORDER BY place"
    return statement
  }

  /// At most `window` entries from the start of the page, in its order, each thing once.
  private mutating func select(_ entries: LabelEntries, window: Int) -> String {
    let start = startCondition("l")
    func select(_ key: String, _ value: String) -> String {
      """
      SELECT l.name, l.object_id FROM \(entries.table) l
      WHERE l.key = \(key) AND l.value = \(value) AND \(start)
      ORDER BY \(order("l")) LIMIT \(window)
      """
    }
    if entries.labels.count == 1 {
      return select(
        parameter(.text(entries.labels[0].key), "text"),
        parameter(.text(entries.labels[0].value), "text"))
    }
    let keys = parameter(.textArray(entries.labels.map(\.key)), "text[]")
    let values = parameter(.textArray(entries.labels.map(\.value)), "text[]")
    return """
      SELECT DISTINCT m.name, m.object_id
      FROM unnest(\(keys), \(values)) AS wanted (key, value)
      CROSS JOIN LATERAL (\(select("wanted.key", "wanted.value"))) m
      ORDER BY \(order("m")) LIMIT \(window)
      """
  }

  /// Collects all that matches, then sorts it.
  static func search(_ source: ListSource, _ request: ListRequest) -> ListStatement {
    var statement = ListStatement(source, request, isSearch: true)
    let start = statement.startCondition("found")
    let limit = statement.parameter(.int(Int64(request.limit) + 1), "bigint")
    // OFFSET keeps the planner from walking along the order's index after all, and from reading half of that
    // index for the start: a plan for any parameters takes it for as good as the labels. Only what is sorted
    // by is carried through the sort; the page's rows are fetched afterwards.
    statement.sql = statement.page(
      """
      SELECT \(source.columns)
      FROM (
        SELECT found.id AS found_id
        FROM (
          SELECT r.id, r.name, r.resource_version
          FROM \(source.table) r \(source.joins)
          WHERE \(statement.allConditions)
          OFFSET 0
        ) found
        WHERE \(start)
        ORDER BY \(statement.order("found"))
        LIMIT \(limit)
      ) chosen
      JOIN \(source.table) r ON r.id = chosen.found_id \(source.joins)
      """)
    return statement
  }

  /// Asks the planner how much matches, without looking: it has statistics of labels and specs.
  static func estimate(_ source: ListSource, _ request: ListRequest) -> ListStatement {
    var statement = ListStatement(source, request)
    statement.sql = """
      EXPLAIN (FORMAT JSON)
      SELECT FROM \(source.table) r \(source.joins) WHERE \(statement.allConditions)
      """
    return statement
  }

  /// The page together with the revision at which it was read.
  private func page(_ select: String) -> String {
    """
    SELECT v.value AS revision, page.*
    FROM revision v LEFT JOIN (
    \(select)
    ) page ON true
    ORDER BY \(order("page"))
    """
  }

  private var allConditions: String {
    conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
  }

  private func order(_ table: String) -> String {
    "\(table).\(request.sort.field.column)" + (request.sort.isDescending ? " DESC" : "")
  }

  private mutating func parameter(_ value: PostgresValue, _ type: String) -> String {
    values.append(value)
    return "$\(values.count)::\(type)"
  }

  /// There always is a start, so that first and later pages are one statement.
  private mutating func startCondition(_ table: String) -> String {
    let sort = request.sort
    let start: String
    switch sort.field {
    case .name:
      // Names are of a-z, 0-9, '-' and '.'.
      start = parameter(.text(request.cursor?.value ?? (sort.isDescending ? "~" : "")), "text")
    case .createdAt, .updatedAt:
      let end = sort.isDescending ? Int64.max : 0
      start = parameter(.int(request.cursor.flatMap { Int64($0.value) } ?? end), "bigint")
    }
    return "\(table).\(sort.field.column) \(sort.isDescending ? "<" : ">") \(start)"
  }

  private mutating func addConditions(isSearch: Bool) {
    add(MatchPath(request.selector), on: source.labels)
    if let scopes = request.scopes {
      if let cameraLabels = source.cameraLabels, !scopes.isEmpty {
        add(MatchPath(anyOf: scopes), onCamera: cameraLabels, isSearch: isSearch)
      } else {
        conditions.append("false")
      }
    }
    add(MatchPath(request.filters), on: source.spec)
    if let ids = request.ids {
      conditions.append("r.id = ANY (" + parameter(.intArray(ids), "bigint[]") + ")")
    }
    for filter in request.filters where filter.path == ["name"] {
      let sign = filter.isNegated ? "<>" : "="
      conditions.append("r.name \(sign) " + parameter(.text(filter.value), "text"))
    }
  }

  /// A search begins with the cameras that match; a join may begin with all that could belong to them.
  private mutating func add(_ path: MatchPath, onCamera labels: String, isSearch: Bool) {
    guard isSearch, path.isSelective, let id = source.cameraID, let text = path.text else {
      return add(path, on: labels)
    }
    let cameras = "SELECT id FROM cameras WHERE labels @@ " + parameter(.text(text), "jsonpath")
    conditions.append("\(id) = ANY (ARRAY (\(cameras)))")
  }

  private mutating func add(_ path: MatchPath, on column: String) {
    guard let text = path.text else { return }
    conditions.append("\(column) @@ " + parameter(.text(text), "jsonpath"))
  }
}

extension ListSort.Field {
  /// The column of the order, which has an index.
  var column: String {
    switch self {
    case .name: "name"
    case .createdAt: "id"
    case .updatedAt: "resource_version"
    }
  }

  /// The place of a row in the order, as a cursor keeps it.
  func value(_ row: StoredRow) throws(StoreError) -> String {
    try row.text(column)
  }
}
