/// A regular expression of the kind that schemas use: anchored at both ends, with sets, groups, choices
/// and repetitions. ECMAScript and Python read it alike.
///
/// It is matched in time linear in the text, whatever the expression: all ways are followed at once
/// (Thompson 1968), and none is tried again.
package struct TextPattern: Sendable, Hashable {
  /// One step of the ways through an expression.
  fileprivate enum Step: Sendable, Hashable {
    /// One scalar of a set, then the next step.
    case scalar(ScalarSet)
    /// Both steps.
    case fork(Int, Int)
    case jump(Int)
    case end
  }

  private let steps: [Step]

  /// Reads an expression; nil if it has what is not known here.
  package init?(_ text: String) {
    var parser = PatternParser(text)
    guard let node = parser.expression() else { return nil }
    var writer = StepWriter()
    writer.write(node)
    steps = writer.steps + [.end]
  }

  /// Whether the whole text is one that the expression means, by Unicode scalars.
  package func matches(_ text: String) -> Bool {
    var current = Ways(count: steps.count)
    follow(0, into: &current)
    for scalar in text.unicodeScalars {
      if current.places.isEmpty { return false }
      var next = Ways(count: steps.count)
      for index in current.places {
        if case .scalar(let set) = steps[index], set.contains(scalar) {
          follow(index + 1, into: &next)
        }
      }
      current = next
    }
    return current.isIn[steps.count - 1]
  }

  /// Adds a step and all that are reached from it without taking a scalar.
  private func follow(_ start: Int, into ways: inout Ways) {
    var pending = [start]
    while let index = pending.popLast() {
      if ways.isIn[index] { continue }
      ways.isIn[index] = true
      switch steps[index] {
      case .scalar: ways.places.append(index)
      case .fork(let first, let second): pending += [first, second]
      case .jump(let target): pending.append(target)
      case .end: break
      }
    }
  }

  /// Where in the expression one may be.
  private struct Ways {
    var isIn: [Bool]
    var places: [Int] = []

    init(count: Int) {
      isIn = Array(repeating: false, count: count)
    }
  }
}

/// Scalars by ranges.
private struct ScalarSet: Sendable, Hashable {
  var ranges: [ClosedRange<UInt32>] = []
  var isNegated = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } != isNegated
  }
}

/// An expression as a tree.
private indirect enum PatternNode {
  case set(ScalarSet)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// `most` nil is any number.
  case repetition(PatternNode, least: Int, most: Int?)
}

/// Puts the steps of an expression in a row.
private struct StepWriter {
  private(set) var steps: [TextPattern.Step] = []

  mutating func write(_ node: PatternNode) {
    switch node {
    case .set(let set): steps.append(.scalar(set))
    case .sequence(let nodes): for node in nodes { write(node) }
    case .choice(let nodes): writeChoice(nodes[...])
    case .repetition(let node, let least, let most):
      for _ in 0..<least { write(node) }
      if let most { writeOptional(node, times: most - least) } else { writeLoop(node) }
    }
  }

  private mutating func writeChoice(_ nodes: ArraySlice<PatternNode>) {
    guard let first = nodes.first else { return }
    if nodes.count == 1 { return write(first) }
    let fork = reserve()
    write(first)
    let exit = reserve()
    steps[fork] = .fork(fork + 1, steps.count)
    writeChoice(nodes.dropFirst())
    steps[exit] = .jump(steps.count)
  }

  private mutating func writeLoop(_ node: PatternNode) {
    let fork = reserve()
    write(node)
    steps.append(.jump(fork))
    steps[fork] = .fork(fork + 1, steps.count)
  }

  /// Each time may be the last: all forks lead to the same end.
  private mutating func writeOptional(_ node: PatternNode, times: Int) {
    var forks: [Int] = []
    for _ in 0..<times {
      forks.append(reserve())
      write(node)
    }
    for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
  }

  private mutating func reserve() -> Int {
    steps.append(.end)
    return steps.count - 1
  }
}

/// Reads an expression.
///
/// | written | means |
/// |---|---|
/// | `[a-z]` `[^a-z]` | one scalar of the set, or one that is not in it |
/// | `\x1F` | a scalar by two hexadecimal digits |
/// | `\` and another | that one itself |
/// | `(a|b)` | a group of choices |
/// | `*` `+` `?` `{2}` `{2,5}` | how often what stands before may be repeated |
private struct PatternParser {
  private var rest: Substring.UnicodeScalarView
  private static let mostRepetitions = 100_000

  init(_ text: String) {
    rest = Substring(text).unicodeScalars
  }

  mutating func expression() -> PatternNode? {
    guard take("^"), rest.last == "$" else { return nil }
    rest.removeLast()
    guard let node = choice(), rest.isEmpty else { return nil }
    return node
  }

  private mutating func choice() -> PatternNode? {
    var nodes: [PatternNode] = []
    repeat {
      guard let node = sequence() else { return nil }
      nodes.append(node)
    } while take("|")
    return .choice(nodes)
  }

  private mutating func sequence() -> PatternNode? {
    var nodes: [PatternNode] = []
    while let scalar = rest.first, scalar != "|", scalar != ")" {
      guard let atom = atom(), let node = repeated(atom) else { return nil }
      nodes.append(node)
    }
    return .sequence(nodes)
  }

  private mutating func atom() -> PatternNode? {
    if take("(") {
      guard let node = choice(), take(")") else { return nil }
      return node
    }
    if take("[") { return set().map { .set($0) } }
    guard let scalar = rest.first, !"*+?{}^$.]".unicodeScalars.contains(scalar),
      let value = self.scalar()
    else { return nil }
    return .set(ScalarSet(ranges: [value...value]))
  }

  private mutating func repeated(_ node: PatternNode) -> PatternNode? {
    if take("*") { return .repetition(node, least: 0, most: nil) }
    if take("+") { return .repetition(node, least: 1, most: nil) }
    if take("?") { return .repetition(node, least: 0, most: 1) }
    guard take("{") else { return node }
    guard let least = number() else { return nil }
    let most = take(",") ? number() : least
    guard let most, most >= least, take("}") else { return nil }
    return .repetition(node, least: least, most: most)
  }

  private mutating func set() -> ScalarSet? {
    var set = ScalarSet()
    set.isNegated = take("^")
    while let next = rest.first, next != "]" {
      guard let lower = scalar() else { return nil }
      var upper = lower
      // A dash that ends the set is only a dash.
      if rest.first == "-", rest.dropFirst().first != "]" {
        rest.removeFirst()
        guard let end = scalar(), end >= lower else { return nil }
        upper = end
      }
      set.ranges.append(lower...upper)
    }
    return take("]") ? set : nil
  }

  private mutating func scalar() -> UInt32? {
    guard let scalar = rest.popFirst() else { return nil }
    if scalar != "\\" { return scalar.value }
    guard let escaped = rest.popFirst() else { return nil }
    if escaped != "x" {
      // A letter would mean something in other languages.
      return escaped.properties.isAlphabetic || escaped.value < 0x3A && escaped.value > 0x2F
        ? nil : escaped.value
    }
    let digits = String(String.UnicodeScalarView(rest.prefix(2)))
    rest = rest.dropFirst(2)
    return digits.utf8.count == 2 ? UInt32(digits, radix: 16) : nil
  }

  private mutating func number() -> Int? {
    let digits = rest.prefix { ("0"..."9").contains($0) }
    rest = rest.dropFirst(digits.count)
    guard let number = Int(String(String.UnicodeScalarView(digits))),
      number <= Self.mostRepetitions
    else { return nil }
    return number
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }
}
