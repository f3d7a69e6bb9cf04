/// A JSON document (RFC 8259) as a value. Objects keep their members in order.
///
/// Objects read from text have their members sorted by name.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One name and value of an object.
  package struct Member: Sendable, Hashable {
    package var name: String
    package var value: JSONValue

    /// A member of an object.
    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Parses one document; trailing bytes other than white space are an error.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }

  /// An object's value by name; nil for another kind of value or a name that is not there.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string.
  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value of a whole number.
  package var wholeNumber: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The value of a whole or decimal number.
  package var decimal: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value of a boolean.
  package var flag: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array.
  package var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members of an object.
  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The word for this kind of value in messages to people.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "a whole number"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// An object of the members whose value is not nil.
  package static func object(compacting members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  /// This document changed by a JSON Merge Patch (RFC 7396).
  package func merged(with patch: JSONValue) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    var result = members ?? []
    for change in changes {
      let index = result.firstIndex { $0.name == change.name }
      if change.value == .null {
        if let index { result.remove(at: index) }
      } else if let index {
        result[index].value = result[index].value.merged(with: change.value)
      } else {
        result.append(Member(change.name, JSONValue.null.merged(with: change.value)))
      }
    }
    return .object(result)
  }
}

/// Why a text is not a JSON document, in words for the person who sent it.
package struct JSONError: Error, Sendable, CustomStringConvertible {
  package let message: String

  /// An error with its message.
  package init(message: String) {
    self.message = message
  }

  package var description: String { message }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
