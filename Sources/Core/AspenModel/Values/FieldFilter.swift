/// Chooses things by a field: `spec.site=hq`, `spec.enabled!=true`, `name=yard`.
///
/// A list of filters is separated by commas, all of which must hold; `\,` and `\\` stand for a comma and a
/// backslash in a value. A value that reads as a number or truth value also means that one.
package struct FieldFilter: Sendable, Hashable {
  /// `["spec", …]` or `["name"]`.
  package let path: [String]
  /// Whether the field must be absent or have another value.
  package let isNegated: Bool
  package let value: String

  /// The most filters of one list and the deepest path, so that a list query stays cheap.
  package static let maxFilters = 16
  package static let maxDepth = 8
  /// The longest value, in UTF-8 bytes.
  package static let maxValueBytes = 1024

  private init(path: [String], isNegated: Bool, value: String) {
    self.path = path
    self.isNegated = isNegated
    self.value = value
  }

  /// Parses a list of filters; the error names `field`.
  package static func parse(
    _ text: String, field: String = "filter"
  ) throws(ValidationError) -> [FieldFilter] {
    var filters: [FieldFilter] = []
    for part in try split(text, field: field) { filters.append(try filter(part, field: field)) }
    if filters.count > maxFilters {
      throw ValidationError(field, "has more than \(maxFilters) filters")
    }
    return filters
  }

  /// The parts between commas, without their backslashes.
  private static func split(_ text: String, field: String) throws(ValidationError) -> [String] {
    var parts: [String] = []
    var current = ""
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        guard scalar == "," || scalar == "\\" else {
          throw ValidationError(field, "has a backslash before neither a comma nor a backslash")
        }
        current.unicodeScalars.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "," {
        parts.append(current)
        current = ""
      } else {
        current.unicodeScalars.append(scalar)
      }
    }
    if isEscaped { throw ValidationError(field, "ends with a backslash") }
    parts.append(current)
    return parts.filter { !$0.isEmpty }
  }

  private static func filter(_ text: String, field: String) throws(ValidationError) -> FieldFilter {
    guard let sign = text.firstIndex(of: "=") else { throw bad(text, field) }
    var name = text[..<sign]
    let isNegated = name.last == "!"
    if isNegated { name.removeLast() }
    let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let isKnown = path == ["name"] || path.count > 1 && path[0] == "spec"
    guard isKnown, path.count <= maxDepth, path.allSatisfy(isFieldName) else {
      throw bad(text, field)
    }
    let value = String(text[text.index(after: sign)...])
    // PostgreSQL cannot keep NUL in a text, so no stored value has one.
    guard value.utf8.count <= maxValueBytes, !value.utf8.contains(0) else {
      throw ValidationError(field, "has a value over \(maxValueBytes) bytes or with NUL")
    }
    return FieldFilter(path: path, isNegated: isNegated, value: value)
  }

  private static func bad(_ text: String, _ field: String) -> ValidationError {
    ValidationError(
      field,
      "has the filter '\(text.prefix(64))', which is none of: spec.FIELD=VALUE, spec.FIELD!=VALUE, "
        + "name=VALUE, name!=VALUE")
  }

  private static func isFieldName(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
      }
  }
}

extension FieldFilter {
  /// The values that a stored field may have to be meant: the text, and what it reads as.
  package var meanings: [JSONValue] {
    switch value {
    case "true": return [.string(value), .bool(true)]
    case "false": return [.string(value), .bool(false)]
    default:
      guard let read = try? JSONValue(parsing: Array(value.utf8)), read.decimal != nil else {
        return [.string(value)]
      }
      return [.string(value), read]
    }
  }
}
