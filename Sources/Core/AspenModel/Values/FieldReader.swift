/// One thing wrong with one field of what a client sent.
package struct FieldViolation: Sendable, Hashable, Codable {
  /// JSON Pointer (RFC 6901) to the field in the body, or the name of a parameter.
  package let field: String
  /// What is wrong and what would be right, in words.
  package let reason: String

  /// A violation of one field.
  package init(field: String, reason: String) {
    self.field = field
    self.reason = reason
  }
}

/// Everything wrong with what a client sent; never empty.
package struct ValidationError: Error, Sendable, Hashable, CustomStringConvertible {
  package let violations: [FieldViolation]

  /// An error of one or more violations.
  package init(_ violations: [FieldViolation]) {
    precondition(!violations.isEmpty, "a validation error names a field")
    self.violations = violations
  }

  /// An error of one field.
  package init(_ field: String, _ reason: String) {
    self.init([FieldViolation(field: field, reason: reason)])
  }

  package var description: String {
    violations.map { "\($0.field) \($0.reason)" }.joined(separator: "; ")
  }
}

/// Reads the members of one JSON object strictly: types, ranges and unknown names are checked, and
/// every violation is collected before any is thrown.
///
/// ```
/// let spec = try FieldReader.read(json) { fields in
///   CameraLimits(fps: fields.decimal("fps", in: 0.1...60) ?? 5)
/// }
/// ```
package struct FieldReader {
  private let members: [JSONValue.Member]
  private let path: String
  private var known: Set<String> = []
  /// What was found wrong so far.
  package private(set) var violations: [FieldViolation] = []

  private init(_ members: [JSONValue.Member], path: String) {
    self.members = members
    self.path = path
  }

  /// Reads an object with `body`; throws everything that is wrong with it at once.
  package static func read<T>(
    _ json: JSONValue, at path: String = "", _ body: (inout FieldReader) -> T
  ) throws(ValidationError) -> T {
    guard case .object(let members) = json else {
      throw ValidationError(path.isEmpty ? "/" : path, "must be an object, not \(json.kindName)")
    }
    var reader = FieldReader(members, path: path)
    let result = body(&reader)
    reader.refuseUnknown()
    if reader.violations.isEmpty { return result }
    throw ValidationError(reader.violations)
  }

  /// The raw value of a field; an explicit null reads as absent.
  package mutating func value(_ name: String) -> JSONValue? {
    known.insert(name)
    guard let value = members.first(where: { $0.name == name })?.value, value != .null else {
      return nil
    }
    return value
  }

  /// A string of at most `maxBytes` UTF-8 bytes and no control characters.
  package mutating func text(_ name: String, maxBytes: Int = 1024) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.text else { return mismatch(name, "a string", value) }
    if text.utf8.count > maxBytes {
      return violate(name, "is longer than \(maxBytes) bytes")
    }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      return violate(name, "contains a control character")
    }
    return text
  }

  /// A string that must be there.
  package mutating func requiredText(_ name: String, maxBytes: Int = 1024) -> String? {
    if value(name) == nil { return violate(name, "is required") }
    return text(name, maxBytes: maxBytes)
  }

  /// A whole number within `range`.
  package mutating func wholeNumber(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
    guard let value = value(name) else { return nil }
    guard let number = value.wholeNumber else { return mismatch(name, "a whole number", value) }
    guard range.contains(number) else {
      return violate(name, "must be between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  /// A number within `range`.
  package mutating func decimal(_ name: String, in range: ClosedRange<Double>) -> Double? {
    guard let value = value(name) else { return nil }
    guard let number = value.decimal else { return mismatch(name, "a number", value) }
    guard range.contains(number) else {
      return violate(name, "must be between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  /// A boolean.
  package mutating func flag(_ name: String) -> Bool? {
    guard let value = value(name) else { return nil }
    return value.flag ?? mismatch(name, "a boolean", value)
  }

  /// One of the raw values of an enumeration.
  package mutating func choice<T>(_ name: String, of type: T.Type) -> T?
  where T: RawRepresentable & CaseIterable, T.RawValue == String {
    guard let text = text(name) else { return nil }
    let words = T.allCases.map(\.rawValue).joined(separator: ", ")
    return T(rawValue: text) ?? violate(name, "must be one of: \(words)")
  }

  /// An object read by its own reader; its violations join this reader's.
  package mutating func object<T>(_ name: String, _ body: (inout FieldReader) -> T) -> T? {
    guard let value = value(name) else { return nil }
    let pointer = pointer(name)
    return parsed(name) { () throws(ValidationError) -> T in
      try FieldReader.read(value, at: pointer, body)
    }
  }

  /// A field parsed by `parse`, whose violations are taken over as they are.
  package mutating func parsed<T>(
    _ name: String, _ parse: () throws(ValidationError) -> T
  ) -> T? {
    known.insert(name)
    do {
      return try parse()
    } catch {
      violations += error.violations
      return nil
    }
  }

  /// Records that a field is wrong. Returns nil, so that a reader can return it.
  @discardableResult
  package mutating func violate<T>(_ name: String, _ reason: String) -> T? {
    known.insert(name)
    violations.append(FieldViolation(field: pointer(name), reason: reason))
    return nil
  }

  /// Records that a field is wrong.
  package mutating func refuse(_ name: String, _ reason: String) {
    let _: Never? = violate(name, reason)
  }

  /// The JSON Pointer to a field of this object.
  package func pointer(_ name: String) -> String {
    path + "/" + Self.escaped(name)
  }

  /// A name as a reference token of a JSON Pointer (RFC 6901 3).
  package static func escaped(_ name: String) -> String {
    var token = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": token += "~0"
      case "/": token += "~1"
      default: token.unicodeScalars.append(scalar)
      }
    }
    return token
  }

  private mutating func mismatch<T>(_ name: String, _ wanted: String, _ value: JSONValue) -> T? {
    violate(name, "must be \(wanted), not \(value.kindName)")
  }

  private mutating func refuseUnknown() {
    for member in members where !known.contains(member.name) {
      let names = known.sorted().joined(separator: ", ")
      refuse(String(member.name.prefix(64)), "is not a known field; known are: \(names)")
    }
  }
}
