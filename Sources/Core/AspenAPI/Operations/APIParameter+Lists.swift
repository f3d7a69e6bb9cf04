import AspenModel

extension APIParameter {
  /// The most items of one page, and how many it has unless told.
  package static let longestPage = 500
  /// The items of a page when nothing is said.
  package static let usualPage = 100

  static let limit = APIParameter(
    query: "limit",
    .integer(1...Int64(longestPage)).defaulting(to: .integer(Int64(usualPage))),
    "The most items of one page.")

  /// The most lines of a log that come at once.
  package static let mostLogLines = 1_000

  /// How many lines of a log are wanted.
  static let logLimit = APIParameter(
    query: "limit",
    .integer(1...Int64(mostLogLines)).defaulting(to: .integer(Int64(usualPage))),
    "The most lines, the newest.")

  static let cursor = APIParameter(
    query: "cursor", .text(1...1024, pattern: "^[A-Za-z0-9_-]+$"),
    "`next_cursor` of the page before; other parameters must be as they were.")

  /// The cursor of a list that is by time alone.
  static let numberCursor = APIParameter(
    query: "cursor", .text(1...19, pattern: "^[1-9][0-9]{0,18}$"),
    "`next_cursor` of the page before; other parameters must be as they were.")

  static let selector = APIParameter(
    query: "selector", .component(.selector), "Only what has these labels.")

  static let filter = APIParameter(
    query: "filter",
    .text(0...1024, pattern: APIPattern.filters).example("spec.enabled=true,spec.site!=hq"),
    """
    Only what has these values: `PATH=VALUE` and `PATH!=VALUE`, separated by commas, all of which \
    must hold. A path is `name` or begins with `spec.`.
    """)

  static let fields = APIParameter(
    query: "fields",
    .text(1...1024, pattern: APIPattern.fieldPaths).example("name,status.phase"),
    """
    Only these members of each resource: at most 32 paths like `spec.address`, separated by commas. \
    The answer has the media type of a part.
    """)

  static let sort = APIParameter(
    query: "sort", APISchema.choice(of: ListOrder.self).defaulting(to: "name"),
    "The order of the list; `-` turns it around.")

  /// The parameters of lists of resources.
  static let ofLists = [limit, cursor, selector, filter, sort, fields]
}

/// The orders of lists, as `sort` names them.
package enum ListOrder: String, Sendable, Hashable, CaseIterable {
  case name
  case nameDescending = "-name"
  case createdAt = "created_at"
  case createdAtDescending = "-created_at"
  case updatedAt = "updated_at"
  case updatedAtDescending = "-updated_at"
}
