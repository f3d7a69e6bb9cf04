import AspenModel

/// Reads a template of `JSONPath`.
struct JSONPathParser {
  private let text: [Character]
  private var position = 0
  private var depth = 0

  /// Deeper templates are mistakes, and reading them takes stack.
  private static let maxDepth = 16

  init(_ template: String) {
    text = Array(template)
  }

  /// The whole template.
  mutating func template() throws(JSONError) -> [JSONPath.Part] {
    let (parts, isClosed) = try parts()
    guard !isClosed else { throw failure("{end} without {range}") }
    return parts
  }

  /// Parts up to the end or to `{end}`.
  private mutating func parts() throws(JSONError) -> (parts: [JSONPath.Part], isClosed: Bool) {
    var parts: [JSONPath.Part] = []
    var literal = ""
    func flush(_ parts: inout [JSONPath.Part]) {
      if !literal.isEmpty { parts.append(.text(literal)) }
      literal = ""
    }
    while let character = next() {
      guard character == "{" else {
        literal.append(character)
        continue
      }
      flush(&parts)
      skipBlanks()
      if takeWord("end") {
        try expect("}")
        return (parts, true)
      }
      if takeWord("range") {
        parts.append(try range())
      } else if let quote = peek(), quote == "\"" || quote == "'" {
        parts.append(.text(try quoted()))
        try expect("}")
      } else {
        parts.append(.values(try path()))
        try expect("}")
      }
    }
    flush(&parts)
    return (parts, false)
  }

  private mutating func range() throws(JSONError) -> JSONPath.Part {
    depth += 1
    guard depth <= Self.maxDepth else { throw failure("too many ranges in one another") }
    skipBlanks()
    let steps = try path()
    try expect("}")
    let (inside, isClosed) = try parts()
    guard isClosed else { throw failure("{range} without {end}") }
    depth -= 1
    return .range(steps, inside)
  }

  private mutating func path() throws(JSONError) -> [JSONPath.Step] {
    var steps: [JSONPath.Step] = []
    if peek() == "$" || peek() == "@" { position += 1 }
    while let character = peek() {
      if character == "." {
        position += 1
        if peek() == "*" {
          position += 1
          steps.append(.every)
        } else if peek() != "[", let name = name() {
          steps.append(.member(name))
        }
      } else if character == "[" {
        position += 1
        steps.append(try bracket())
      } else {
        break
      }
    }
    skipBlanks()
    return steps
  }

  /// What stands in `[…]`.
  private mutating func bracket() throws(JSONError) -> JSONPath.Step {
    let step: JSONPath.Step
    switch peek() {
    case "*":
      position += 1
      step = .every
    case "'", "\"": step = .member(try quoted())
    case "?": step = try condition()
    default:
      var digits = ""
      while let character = peek(), character == "-" || character.isNumber {
        digits.append(character)
        position += 1
      }
      guard let index = Int(digits) else {
        throw failure("[…] holds a number, '*', a name or ?(…)")
      }
      step = .element(index)
    }
    try expect("]")
    return step
  }

  /// `?(@.type=="Ready")`
  private mutating func condition() throws(JSONError) -> JSONPath.Step {
    position += 1
    try expect("(")
    guard peek() == "@" else { throw failure("a condition begins with @") }
    let steps = try path()
    let isEqual = peek() == "="
    try expect(isEqual ? "=" : "!")
    try expect("=")
    skipBlanks()
    let value: String
    if let quote = peek(), quote == "\"" || quote == "'" {
      value = try quoted()
    } else {
      guard let word = name() else { throw failure("a condition compares with a text or number") }
      value = word
    }
    skipBlanks()
    try expect(")")
    return .matching(steps, isEqual: isEqual, value)
  }

  private mutating func quoted() throws(JSONError) -> String {
    let quote = next()
    var result = ""
    while let character = next() {
      if character == quote { return result }
      guard character == "\\" else {
        result.append(character)
        continue
      }
      switch next() {
      case "n": result.append("\n")
      case "t": result.append("\t")
      case "r": result.append("\r")
      case let other?: result.append(other)
      case nil: break
      }
    }
    throw failure("a text does not end")
  }

  private mutating func name() -> String? {
    var name = ""
    while let character = peek(),
      character.isLetter || character.isNumber || character == "_" || character == "-"
    {
      name.append(character)
      position += 1
    }
    return name.isEmpty ? nil : name
  }

  private mutating func takeWord(_ word: String) -> Bool {
    let end = position + word.count
    guard end <= text.count, String(text[position..<end]) == word,
      end == text.count || text[end] == " " || text[end] == "}"
    else { return false }
    position = end
    skipBlanks()
    return true
  }

  private mutating func expect(_ character: Character) throws(JSONError) {
    guard next() == character else { throw failure("'\(character)' is missing") }
  }

  private mutating func skipBlanks() {
    while peek() == " " { position += 1 }
  }

  private func peek() -> Character? { position < text.count ? text[position] : nil }

  private mutating func next() -> Character? {
    guard let character = peek() else { return nil }
    position += 1
    return character
  }

  private func failure(_ words: String) -> JSONError {
    JSONError(message: "\(words), at character \(min(position, text.count) + 1)")
  }
}
