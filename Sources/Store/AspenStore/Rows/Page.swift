package import AspenModel
import AspenPostgres

/// Which part of a list is wanted, in the order of names.
package struct ListRequest: Sendable, Hashable {
  /// Only names after this one.
  package var after: ObjectName?
  /// At most this many; 1 to `maxLimit`.
  package var limit: Int
  /// Only what has these labels.
  package var selector: LabelSelector

  /// The longest page: 1,000 specs of some hundred bytes are a response of less than a megabyte.
  package static let maxLimit = 1_000

  /// A request; the limit is brought into its range.
  package init(
    after: ObjectName? = nil, limit: Int = maxLimit, selector: LabelSelector = .everything
  ) {
    self.after = after
    self.limit = min(max(limit, 1), Self.maxLimit)
    self.selector = selector
  }

  /// The parameters `$1` to `$3` of a list statement.
  var values: [PostgresValue] {
    [
      .optional(after?.text), .int(Int64(limit) + 1),
      .json(LabelMatch.json(selector).serializedText),
    ]
  }
}

/// A part of a list, read at one revision: whoever follows the feed from there misses nothing of it.
package struct Page<Item: Sendable>: Sendable {
  package let items: [Item]
  /// Where the next page begins (`ListRequest.after`); nil if this is the last.
  package let next: ObjectName?
  package let revision: Int64
}

extension PostgresExecutor {
  /// Runs a statement made with `ListSQL.page`.
  func page<Item: Sendable>(
    _ sql: String, _ request: ListRequest, _ more: [PostgresValue] = [],
    name: (Item) -> ObjectName, _ map: (StoredRow) throws(StoreError) -> Item
  ) async throws(StoreError) -> Page<Item> {
    var revision: Int64 = 0
    var items: [Item] = []
    let rows = try await all(sql, request.values + more) { $0 }
    for row in rows {
      revision = try row.int("revision")
      // The only row of an empty page has nothing but the revision.
      if try !row.isNull("id") { items.append(try map(row)) }
    }
    let hasMore = items.count > request.limit
    if hasMore { items.removeLast() }
    return Page(
      items: items, next: hasMore ? items.last.map(name) : nil, revision: revision)
  }
}

/// The common form of list statements.
enum ListSQL {
  /// A page of `columns` of `source`, which has `table` as the alias of the listed table. `$1` is the
  /// name to begin after, `$2` the limit, `$3` the selector.
  static func page(
    _ columns: String, of source: String, table: String, where condition: String = "true"
  ) -> String {
    """
    SELECT r.value AS revision, page.*
    FROM revision r LEFT JOIN (
      SELECT \(columns)
      FROM \(source)
      WHERE ($1::text IS NULL OR \(table).name > $1::text) AND \(condition)
        AND \(LabelMatch.condition(labels: "\(table).labels", selector: "$3"))
      ORDER BY \(table).name
      LIMIT $2
    ) page ON true
    ORDER BY page.name
    """
  }
}
