package import AspenAPI
package import AspenModel

/// A list as it comes, page after page.
package struct ListPages {
  private let client: ControllerClient
  private let operation: APIOperation
  private let query: [(name: String, value: String)]
  private let pageItems: Int
  private var left: Int
  private var cursor: String?
  private var isDone = false

  /// A list from its beginning; `limit` is the most items of all pages.
  package init(
    _ client: ControllerClient, _ operation: APIOperation,
    query: [(name: String, value: String)] = [], limit: Int? = nil,
    pageItems: Int = ControllerClient.maxPageItems
  ) {
    self.client = client
    self.operation = operation
    self.query = query
    self.pageItems = min(max(pageItems, 1), ControllerClient.maxPageItems)
    left = limit ?? Int.max
  }

  /// The next page; nil after the last.
  package mutating func next() async throws(ClientError) -> [JSONValue]? {
    if isDone || left <= 0 { return nil }
    var pageQuery = query + [(name: "limit", value: String(min(pageItems, left)))]
    if let cursor { pageQuery.append((name: "cursor", value: cursor)) }
    let page = try await client.resource(operation, query: pageQuery)
    guard let elements = page["items"]?.elements else {
      throw .unexpectedAnswer("its answer to \(operation.id) is not a list")
    }
    let following = page["next_cursor"]?.text
    guard following == nil || (following != cursor && !elements.isEmpty) else {
      throw .unexpectedAnswer("its list does not end")
    }
    cursor = following
    isDone = following == nil
    left -= elements.count
    return elements
  }
}
