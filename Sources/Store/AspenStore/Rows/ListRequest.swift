package import AspenModel

/// The order of a list.
package struct ListSort: Sendable, Hashable {
  /// What things are ordered by; no two things of a kind have the same.
  package enum Field: String, Sendable, Hashable, CaseIterable {
    case name
    /// The order of their numbers.
    case createdAt = "created_at"
    /// The order of their resource versions.
    case updatedAt = "updated_at"
  }

  package let field: Field
  package let isDescending: Bool

  /// By name, the usual order.
  package static let byName = ListSort(.name)

  /// An order.
  package init(_ field: Field, isDescending: Bool = false) {
    self.field = field
    self.isDescending = isDescending
  }

  /// Parses `name`, `-updated_at` and the like; the error names `field`.
  package init(parsing text: String, field: String = "sort") throws(ValidationError) {
    let isDescending = text.hasPrefix("-")
    guard let sort = Field(rawValue: isDescending ? String(text.dropFirst()) : text) else {
      let words = Field.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        field, "must be one of: \(words); a '-' before it turns the order around")
    }
    self.init(sort, isDescending: isDescending)
  }

  /// The order as it is asked for: `-name`.
  package var text: String { (isDescending ? "-" : "") + field.rawValue }
}

/// Which part of a list is wanted.
package struct ListRequest: Sendable, Hashable {
  /// Where the page begins; nil is the beginning of the list.
  package var cursor: ListCursor?
  /// At most this many; 1 to `maxLimit`.
  package var limit: Int
  /// Only what belongs to cameras whose labels fulfil one of these; nil is everything. What belongs to no
  /// camera fulfils none.
  package var scopes: [LabelSelector]?
  /// Only what has these labels.
  package var selector: LabelSelector
  /// Only what has these fields.
  package var filters: [FieldFilter]
  /// Only these; nil is everything.
  package var ids: [Int64]?
  package var sort: ListSort

  /// The longest page: 1,000 specs of some hundred bytes are a response of less than a megabyte.
  package static let maxLimit = 1_000

  /// A request; the limit is brought into its range.
  package init(
    cursor: ListCursor? = nil, limit: Int = maxLimit, scopes: [LabelSelector]? = nil,
    selector: LabelSelector = .everything, filters: [FieldFilter] = [], ids: [Int64]? = nil,
    sort: ListSort = .byName
  ) {
    self.cursor = cursor
    self.limit = min(max(limit, 1), Self.maxLimit)
    self.scopes = scopes
    self.selector = selector
    self.filters = filters
    self.ids = ids
    self.sort = sort
  }
}

/// A part of a list, read at one revision: whoever follows the feed from there misses nothing of it.
package struct Page<Item: Sendable>: Sendable {
  package let items: [Item]
  /// Where the next page begins; nil if this is the last.
  package let next: ListCursor?
  package let revision: Int64
}
