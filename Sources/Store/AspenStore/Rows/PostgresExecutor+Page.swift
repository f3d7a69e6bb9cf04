import AspenModel
import AspenPostgres

extension ListRequest {
  /// Whether an index finds what matches.
  fileprivate var isSelective: Bool {
    MatchPath(selector).isSelective || MatchPath(filters).isSelective
      || scopes.map { MatchPath(anyOf: $0).isSelective } == true
  }

  /// Whether it asks for things by name or number.
  fileprivate var namesThings: Bool {
    ids != nil || filters.contains { $0.path == ["name"] && !$0.isNegated }
  }

  /// Past so many rows a walk goes: some milliseconds. What fills no page then is at most a fiftieth of all,
  /// or lies elsewhere in the order; a search finds it in some tenths of a second at the worst.
  fileprivate var window: Int { limit <= 100 ? 5_000 : 20_000 }

  /// So many entries are a page and one more, each of which is in it.
  fileprivate var pageWindow: Int { limit <= 100 ? 128 : 1_024 }

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
    if request.namesThings { return try await page(.search(source, request), request, map) }
    if !request.isSelective {
      return try await page(.walk(source, request, window: nil), request, map)
    }
    if let page = try await walk(source, request, map) { return page }
    // The search begins anew: it is a statement of its own, which sees a state of its own.
    return try await page(.search(source, request), request, map)
  }

  /// A page by the cheapest walk; nil if a search is likely cheaper, or turns out to be needed.
  private func walk<Item: Sendable>(
    _ source: ListSource, _ request: ListRequest,
    _ map: (StoredRow) throws(StoreError) -> Item
  ) async throws(StoreError) -> Page<Item>? {
    let ways = LabelEntries.ways(source, request)
    if let whole = ways.first(where: \.isEverything) {
      return try await page(
        .walk(source, request, along: whole, window: request.pageWindow), request, map)
    }
    let sparsest = try await reach(.reach(source, request, along: ways), ways)
      .min { $0.isSparser(than: $1, isDescending: request.sort.isDescending) }
    if let sparsest, sparsest.isWhole {
      return try await page(
        .walk(source, request, along: sparsest.entries, window: LabelReach.window), request, map)
    }
    if sparsest == nil || MatchPath(request.filters).isSelective,
      try await estimate(.estimate(source, request)) <= ListRequest.fewRows
    {
      return nil
    }
    let statement: ListStatement =
      if let entries = sparsest?.entries {
        .walk(
          source, request, along: entries,
          window: entries.labels.count == 1 ? request.window : LabelReach.window)
      } else {
        .walk(source, request, window: request.window)
      }
    let page = try await page(statement, request, map)
    return page.next == nil ? nil : page
  }

  private func reach(
    _ statement: ListStatement, _ ways: [LabelEntries]
  ) async throws(StoreError) -> [LabelReach] {
    if ways.isEmpty { return [] }
    return try await all(statement.sql, statement.values) { row throws(StoreError) in
      LabelReach(
        entries: ways[Int(try row.int("place"))], count: try row.int("entries"),
        lastName: try row.optionalText("last_name"))
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
