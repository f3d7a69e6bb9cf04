/// Chooses things by their labels: terms separated by commas, all of which must hold.
///
/// | term | holds when |
/// |---|---|
/// | `key` | the label exists |
/// | `!key` | it does not |
/// | `key=value` | it has this value |
/// | `key!=value` | it is absent or has another value |
/// | `key in (a,b)` | it has one of these values |
/// | `key notin (a,b)` | it is absent or has none of these values |
package struct LabelSelector: Sendable, Hashable, CustomStringConvertible {
  /// One condition on one label.
  package enum Term: Sendable, Hashable {
    case exists(String)
    case isAbsent(String)
    case isOneOf(String, [String])
    case isNoneOf(String, [String])
  }

  package let terms: [Term]
  package let description: String

  /// The most terms of one selector, so that a list query stays cheap.
  package static let maxTerms = 16

  /// A selector that takes everything.
  package static let everything = LabelSelector(terms: [], description: "")

  private init(terms: [Term], description: String) {
    self.terms = terms
    self.description = description
  }

  /// Parses a selector; the error names `field`.
  package init(parsing text: String, field: String = "selector") throws(ValidationError) {
    var terms: [Term] = []
    for part in Self.splitTerms(text) {
      terms.append(try Self.term(part, field: field))
    }
    if terms.count > Self.maxTerms {
      throw ValidationError(field, "has more than \(Self.maxTerms) terms")
    }
    self.init(terms: terms, description: text)
  }

  /// Whether all terms hold for `labels`.
  package func matches(_ labels: Labels) -> Bool {
    unmet(by: labels) == nil
  }

  /// The first term that does not hold for `labels`.
  package func unmet(by labels: Labels) -> Term? {
    terms.first { term in
      switch term {
      case .exists(let key): labels[key] == nil
      case .isAbsent(let key): labels[key] != nil
      case .isOneOf(let key, let values): !(labels[key].map(values.contains) ?? false)
      case .isNoneOf(let key, let values): labels[key].map(values.contains) ?? false
      }
    }
  }

  /// Commas inside parentheses belong to their term.
  private static func splitTerms(_ text: String) -> [String] {
    var parts: [String] = []
    var current = ""
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 {
        parts.append(current)
        current = ""
      } else {
        current.append(character)
      }
    }
    parts.append(current)
    return parts.map(trimmed).filter { !$0.isEmpty }
  }

  private static func term(_ text: String, field: String) throws(ValidationError) -> Term {
    if text.hasSuffix(")"), let open = text.firstIndex(of: "(") {
      let words = text[..<open].split(separator: " ").map(String.init)
      let values = text[text.index(after: open)...].dropLast().split(separator: ",")
        .map { trimmed(String($0)) }
      guard words.count == 2, Labels.isKey(words[0]), !values.isEmpty,
        values.allSatisfy(Labels.isValue)
      else {
        throw bad(text, field)
      }
      switch words[1] {
      case "in": return .isOneOf(words[0], values)
      case "notin": return .isNoneOf(words[0], values)
      default: throw bad(text, field)
      }
    }
    if let sign = text.firstIndex(of: "=") {
      let isNegated = sign > text.startIndex && text[text.index(before: sign)] == "!"
      let keyEnd = isNegated ? text.index(before: sign) : sign
      let key = trimmed(String(text[..<keyEnd]))
      let value = trimmed(String(text[text.index(after: sign)...].drop { $0 == "=" }))
      guard Labels.isKey(key), Labels.isValue(value) else { throw bad(text, field) }
      return isNegated ? .isNoneOf(key, [value]) : .isOneOf(key, [value])
    }
    if text.hasPrefix("!") {
      let key = trimmed(String(text.dropFirst()))
      guard Labels.isKey(key) else { throw bad(text, field) }
      return .isAbsent(key)
    }
    guard Labels.isKey(text) else { throw bad(text, field) }
    return .exists(text)
  }

  private static func bad(_ text: String, _ field: String) -> ValidationError {
    ValidationError(
      field,
      "has the term '\(text.prefix(64))', which is none of: key, !key, key=value, key!=value, "
        + "key in (a,b), key notin (a,b)")
  }

  private static func trimmed(_ text: String) -> String {
    var slice = Substring(text)
    while slice.first == " " { slice.removeFirst() }
    while slice.last == " " { slice.removeLast() }
    return String(slice)
  }
}

extension LabelSelector.Term: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exists(let key): key
    case .isAbsent(let key): "!\(key)"
    case .isOneOf(let key, let values):
      values.count == 1 ? "\(key)=\(values[0])" : "\(key) in (\(values.joined(separator: ",")))"
    case .isNoneOf(let key, let values):
      values.count == 1 ? "\(key)!=\(values[0])" : "\(key) notin (\(values.joined(separator: ",")))"
    }
  }
}
