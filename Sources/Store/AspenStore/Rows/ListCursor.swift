import AspenCrypto
package import AspenModel

/// Where a page of a list begins: after the last thing of the page before, by its name or number. So pages
/// neither repeat nor skip things that stay, and a deep page costs as much as the first.
package struct ListCursor: Sendable, Hashable {
  package let sort: ListSort
  /// The name, or the number in decimal digits.
  let value: String

  /// The longest text: a sort, a name, and a third of both for base64.
  private static let maxBytes = 128

  init(sort: ListSort, value: String) {
    self.sort = sort
    self.value = value
  }

  /// Reads what `text` wrote; the error names `field`.
  package init(parsing text: String, field: String = "cursor") throws(ValidationError) {
    let bytes = text.utf8.count <= Self.maxBytes ? Base64URL.decode(text) : nil
    let parts = bytes.flatMap { String(validating: $0, as: UTF8.self) }?
      .split(separator: " ", omittingEmptySubsequences: false)
    guard let parts, parts.count == 2, let sort = try? ListSort(parsing: String(parts[0])),
      Self.isValue(String(parts[1]), of: sort.field)
    else {
      throw ValidationError(field, "is not a cursor of this list; take it from next_cursor")
    }
    self.init(sort: sort, value: String(parts[1]))
  }

  /// The cursor as clients hold it. They shall not look into it.
  package var text: String {
    Base64URL.encode(Array("\(sort.text) \(value)".utf8))
  }

  private static func isValue(_ text: String, of field: ListSort.Field) -> Bool {
    switch field {
    case .name: (try? ObjectName(text)) != nil
    case .createdAt, .updatedAt: Int64(text) != nil
    }
  }
}
