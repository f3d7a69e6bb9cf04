import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// A request that has found its operation and proved who sends it.
struct APIRequest: Sendable {
  let operation: APIOperation
  let http: HTTPRequest
  /// The query, taken apart once.
  let queryItems: [HTTPQueryItem]
  let parameters: [String: String]
  let principal: Principal

  /// A parameter of the path. The router has matched it, so it is there.
  func pathName(_ parameter: String) throws -> ObjectName {
    do {
      return try ObjectName(parameters[parameter] ?? "", field: parameter)
    } catch {
      // A text that can be no name names nothing.
      throw Problem(.notFound, "there is no such thing")
    }
  }

  /// A query parameter; the last wins if it is repeated.
  func query(_ name: String) -> String? {
    queryItems.last { $0.name == name }?.value
  }

  /// A whole number in the query.
  func wholeNumber(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = query(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
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

  /// A label selector in the query.
  func selector() throws -> LabelSelector? {
    guard let text = query("selector") else { return nil }
    return try LabelSelector(parsing: text, field: "selector")
  }

  /// The page that a list request asks for.
  func page() throws -> ListRequest {
    let limit = try wholeNumber("limit", in: 1...PageLimits.longest)
    let cursor = try query("cursor").map { text in try ObjectName(text, field: "cursor") }
    return ListRequest(
      after: cursor, limit: limit ?? PageLimits.usual, selector: try selector() ?? .everything)
  }

  /// The body as JSON.
  func json() throws -> JSONValue {
    let type = http.headers["content-type"]?.split(separator: ";").first.map(String.init) ?? ""
    let allowed = ["application/json", "application/merge-patch+json"]
    guard allowed.contains(type.lowercased().trimmingSpaces) else {
      throw Problem(.unsupportedMediaType, "send the body as application/json")
    }
    do {
      return try JSONValue(parsing: http.body)
    } catch {
      throw Problem(
        .malformedBody, "the body \(error.message)",
        errors: [FieldViolation(field: "/", reason: error.message)])
    }
  }

  /// The resource version that `If-Match` demands; nil if any will do.
  func expectedVersion() throws -> Int64? {
    guard let text = http.headers["if-match"]?.trimmingSpaces, text != "*" else { return nil }
    guard text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 3,
      let version = Int64(text.dropFirst().dropLast())
    else {
      throw Problem(.preconditionFailed, "If-Match is not an ETag of this resource")
    }
    return version
  }
}

/// How long pages of lists are.
private enum PageLimits {
  static let usual = 100
  static let longest = 500
}

extension String {
  /// The text without spaces and tabs at its ends.
  var trimmingSpaces: String {
    var slice = Substring(self)
    while let first = slice.first, first == " " || first == "\t" { slice.removeFirst() }
    while let last = slice.last, last == " " || last == "\t" { slice.removeLast() }
    return String(slice)
  }
}
