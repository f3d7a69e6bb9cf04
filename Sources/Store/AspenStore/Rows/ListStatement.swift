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
  /// What filters are about.
  var spec = "r.spec"
}

/// A statement that reads one page.
///
/// There are two ways to a page of what matches. A walk along the index of the order takes what matches on
/// its way: cheap when much does. A search collects all that matches, by the GIN indexes, and sorts it: cheap
/// when little does. One plan of PostgreSQL for both would depend on its guess of how much matches, and where
/// in the order: a wrong one walks past a million cameras to find five. So its guess only decides what is
/// tried first, and the walk has a bound, after which the search is made: see `PostgresExecutor.page`.
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
  fileprivate var column: String {
    switch self {
    case .name: "name"
    case .createdAt: "id"
    case .updatedAt: "resource_version"
    }
  }

  /// The place of a row in the order, as a cursor keeps it.
  fileprivate func value(_ row: StoredRow) throws(StoreError) -> String {
    try row.text(column)
  }
}

extension ListRequest {
  /// How a page is read.
  fileprivate enum Way {
    case walk
    case search
    /// Whichever is likely cheaper.
    case either
  }

  fileprivate var way: Way {
    if ids != nil || filters.contains(where: { $0.path == ["name"] && !$0.isNegated }) {
      return .search
    }
    let isSelective =
      MatchPath(selector).isSelective || MatchPath(filters).isSelective
      || scopes.map { MatchPath(anyOf: $0).isSelective } == true
    return isSelective ? .either : .walk
  }

  /// Past so many rows a walk goes: some milliseconds. What fills no page then is at most a fiftieth of all,
  /// or lies elsewhere in the order; a search finds it in some tenths of a second at the worst.
  fileprivate var window: Int { limit <= 100 ? 5_000 : 20_000 }

  /// So much is searched without trying a walk first: with a million rows, of which a hundredth matches, a
  /// walk to a page of 100 passes as many as a search finds.
  fileprivate static let fewRows: Int64 = 10_000
}

extension PostgresExecutor {
  /// Reads one page of a list. Throws `.invalid` for a cursor of another order.
  func page<Item: Sendable>(
    _ source: ListSource, _ request: ListRequest,
    _ map: (StoredRow) throws(StoreError) -> Item
  ) async throws(StoreError) -> Page<Item> {
    if let cursor = request.cursor, cursor.sort != request.sort {
      throw .invalid(
        ValidationError("cursor", "belongs to the order '\(cursor.sort.text)'; begin anew"))
    }
    switch request.way {
    case .walk: return try await page(.walk(source, request, window: nil), request, map)
    case .search: return try await page(.search(source, request), request, map)
    case .either:
      if try await estimate(.estimate(source, request)) > ListRequest.fewRows {
        let page = try await page(.walk(source, request, window: request.window), request, map)
        if page.next != nil { return page }
      }
      // The search begins anew: it is a statement of its own, which sees a state of its own.
      return try await page(.search(source, request), request, map)
    }
  }

  /// The planner's guess of the number of rows.
  private func estimate(_ statement: ListStatement) async throws(StoreError) -> Int64 {
    let plan = try await one(statement.sql, statement.values) { row throws(StoreError) in
      try row.json("QUERY PLAN")
    }
    guard let rows = plan?.elements?.first?["Plan"]?["Plan Rows"]?.wholeNumber else {
      throw .corrupt("a plan does not say its rows")
    }
    return rows
  }

  private func page<Item: Sendable>(
    _ statement: ListStatement, _ request: ListRequest,
    _ map: (StoredRow) throws(StoreError) -> Item
  ) async throws(StoreError) -> Page<Item> {
    var revision: Int64 = 0
    var items: [Item] = []
    var next: ListCursor?
    let rows = try await all(statement.sql, statement.values) { $0 }
    for (index, row) in rows.enumerated() {
      revision = try row.int("revision")
      // The only row of an empty page has nothing but the revision.
      if index == request.limit { break }
      if try row.isNull("id") { break }
      items.append(try map(row))
      // One row more than wanted was asked for, to know whether there is a next page.
      if index == request.limit - 1, rows.count > request.limit {
        next = ListCursor(sort: request.sort, value: try request.sort.field.value(row))
      }
    }
    return Page(items: items, next: next, revision: revision)
  }
}
