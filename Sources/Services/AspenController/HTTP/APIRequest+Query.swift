import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

extension APIRequest {
  /// A query parameter; the last wins if it is repeated.
  func query(_ name: String) -> String? {
    queryItems.last { $0.name == name }?.value
  }

  /// A text in the query, of the form that the declaration gives it.
  func text(_ name: String) throws -> String? {
    guard let text = query(name) else { return nil }
    let parameter = operation.parameters.first { $0.place == .query && $0.name == name }
    let violations = parameter?.schema.violations(of: .string(text), at: name) ?? []
    if !violations.isEmpty { throw ValidationError(violations) }
    return text
  }

  /// A whole number in the query.
  func wholeNumber(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
    guard let text = query(name) else { return nil }
    guard let value = Int64(text), range.contains(value) else {
      throw ValidationError(
        name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A decimal number in the query.
  func decimal(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
    guard let text = query(name) else { return nil }
    guard let value = Double(text), range.contains(value) else {
      throw ValidationError(
        name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A boolean in the query.
  func flag(_ name: String) throws -> Bool? {
    switch query(name) {
    case nil: nil
    case "true": true
    case "false": false
    default: throw ValidationError(name, "must be true or false")
    }
  }

  /// A time in the query.
  func timestamp(_ name: String) throws -> Timestamp? {
    try query(name).map { try Timestamp(rfc3339: $0, field: name) }
  }

  /// A label selector in the query.
  func selector() throws -> LabelSelector? {
    guard let text = query("selector") else { return nil }
    return try LabelSelector(parsing: text, field: "selector")
  }

  /// How many items a page is to have.
  func limit() throws -> Int {
    Int(try wholeNumber("limit", in: 1...Int64(PageLimits.longest)) ?? Int64(PageLimits.usual))
  }

  /// The page that a list request asks for.
  func page() throws -> ListRequest {
    let cursor = try query("cursor").map { try ListCursor(parsing: $0) }
    let sort = try query("sort").map { try ListSort(parsing: $0) }
    if let cursor, let sort, cursor.sort != sort {
      throw ValidationError("cursor", "is one of a list in another order")
    }
    return ListRequest(
      cursor: cursor, limit: try limit(), selector: try selector() ?? .everything,
      filters: try query("filter").map { try FieldFilter.parse($0, field: "filter") } ?? [],
      sort: sort ?? cursor?.sort ?? .byName)
  }

  /// The members that are asked for, each as a path; nil is all of them.
  func fields() throws -> [[String]]? {
    guard let text = query("fields") else { return nil }
    let paths = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }
    let isValid = paths.allSatisfy { path in
      path.allSatisfy { (1...63).contains($0.utf8.count) }
    }
    guard (1...PageLimits.fields).contains(paths.count), isValid else {
      throw ValidationError(
        "fields", "must be 1 to \(PageLimits.fields) paths like name,status.phase")
    }
    return paths
  }
}

/// How long pages of lists are.
private enum PageLimits {
  static let usual = 100
  static let longest = 500
  static let fields = 32
}

extension JSONValue {
  /// Only the members at these paths, in their places. What is not there is left out.
  func only(_ paths: [[String]]) -> JSONValue {
    guard let members else { return self }
    return .object(
      members.compactMap { member in
        let below = paths.filter { $0.first == member.name }.map { Array($0.dropFirst()) }
        if below.isEmpty { return nil }
        if below.contains(where: \.isEmpty) { return member }
        return Member(member.name, member.value.only(below))
      })
  }
}
