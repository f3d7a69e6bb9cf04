import AspenModel
import AspenYAML

/// Reads documents of YAML 1.2 (core schema) into what JSON can express.
///
/// Aliases are followed, but not without end: a text may stand for `maxValues` values at most, nested
/// `maxDepth` deep. Merge keys and tags of other types than JSON's are refused.
struct YAMLReader {
  /// A thousand documents of 500 values; each takes some 100 bytes.
  static let maxValues = 500_000
  /// No resource is nested deeper; each level takes stack.
  static let maxDepth = 64

  private typealias Step = (event: YAMLEvent, line: Int)

  /// What an anchor stands for, and how many values that is.
  private struct Anchored {
    let value: JSONValue
    let count: Int
  }

  private let events: YAMLEventReader
  private var anchors: [String: Anchored] = [:]
  private var lines: [String: Int] = [:]
  private var count = 0

  /// The documents of a text; empty ones are left out but counted.
  static func documents(_ text: String) throws(ManifestFault) -> [ManifestText] {
    let events: YAMLEventReader
    do throws(YAMLError) {
      events = try YAMLEventReader(Array(text.utf8))
    } catch {
      throw ManifestFault(line: error.line, reason: "is not valid YAML: \(error.reason)")
    }
    var reader = YAMLReader(events: events)
    return try reader.documents()
  }

  private init(events: YAMLEventReader) {
    self.events = events
  }

  private mutating func documents() throws(ManifestFault) -> [ManifestText] {
    var documents: [ManifestText] = []
    var number = 0
    while let step = try next() {
      guard step.event == .documentStart else { continue }
      number += 1
      lines = [:]
      anchors = [:]
      let root = try required()
      let value = try value(root, at: "", depth: 0)
      if value != .null {
        documents.append(ManifestText(value, number: number, line: root.line, lines: lines))
      }
    }
    return documents
  }

  private func next() throws(ManifestFault) -> Step? {
    do throws(YAMLError) {
      return try events.next()
    } catch {
      throw ManifestFault(line: error.line, reason: "is not valid YAML: \(error.reason)")
    }
  }

  private func required() throws(ManifestFault) -> Step {
    guard let step = try next() else {
      throw ManifestFault(line: nil, reason: "is not valid YAML: it ends too early")
    }
    return step
  }

  /// The value that begins with `step`.
  private mutating func value(
    _ step: Step, at pointer: String, depth: Int
  ) throws(ManifestFault) -> JSONValue {
    let first = count
    try add(1, step.line)
    guard depth <= Self.maxDepth else {
      throw ManifestFault(line: step.line, reason: "is nested deeper than \(Self.maxDepth)")
    }
    lines[pointer] = step.line
    let value: JSONValue
    let anchor: String?
    switch step.event {
    case .scalar(let text, let isPlain, let tag, let name):
      value = try Self.scalar(text, isPlain: isPlain, tag: tag, at: pointer, step.line)
      anchor = name
    case .sequenceStart(let tag, let name):
      try Self.require(tag, "seq", step.line)
      value = try elements(at: pointer, depth: depth)
      anchor = name
    case .mappingStart(let tag, let name):
      try Self.require(tag, "map", step.line)
      value = try members(at: pointer, depth: depth)
      anchor = name
    case .alias(let name):
      guard let anchored = anchors[name] else {
        throw ManifestFault(
          line: step.line, reason: "has the alias '*\(name.prefix(64))', which stands for nothing")
      }
      // Sharing costs nothing here, but the request has it in full.
      try add(anchored.count, step.line)
      return anchored.value
    case .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      throw ManifestFault(line: step.line, reason: "is not valid YAML: a value is missing")
    }
    if let anchor { anchors[anchor] = Anchored(value: value, count: count - first) }
    return value
  }

  private mutating func add(_ values: Int, _ line: Int) throws(ManifestFault) {
    count += values
    guard count <= Self.maxValues else {
      throw ManifestFault(line: line, reason: "has more than \(Self.maxValues) values")
    }
  }

  private mutating func elements(
    at pointer: String, depth: Int
  ) throws(ManifestFault) -> JSONValue {
    var elements: [JSONValue] = []
    var step = try required()
    while step.event != .sequenceEnd {
      elements.append(try value(step, at: "\(pointer)/\(elements.count)", depth: depth + 1))
      step = try required()
    }
    return .array(elements)
  }

  private mutating func members(at pointer: String, depth: Int) throws(ManifestFault) -> JSONValue {
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    var key = try required()
    while key.event != .mappingEnd {
      guard case .scalar(let name, let isPlain, _, _) = key.event else {
        throw ManifestFault(line: key.line, reason: "has a key that is not a plain text")
      }
      if name == "<<", isPlain {
        throw ManifestFault(
          line: key.line, reason: "has a merge key '<<', which YAML 1.2 does not know")
      }
      guard names.insert(name).inserted else {
        throw ManifestFault(line: key.line, reason: "has the member '\(name.prefix(64))' twice")
      }
      let place = pointer + "/" + JSONPointer.escaped(name)
      let value = try value(required(), at: place, depth: depth + 1)
      lines[place] = key.line
      members.append(.init(name, value))
      key = try required()
    }
    return .object(members.sorted { $0.name < $1.name })
  }

  /// Names, labels and annotations are texts, however they are written, also those of a list's
  /// resources.
  private static func isText(_ pointer: String) -> Bool {
    var names = JSONPointer.names(pointer)[...]
    if names.first == "items" { names = names.dropFirst() }
    if let first = names.first, Int(first) != nil { names = names.dropFirst() }
    return switch names.first {
    case "name", "kind": names.count == 1
    case "labels", "annotations": names.count == 2
    default: false
    }
  }

  private static func scalar(
    _ text: String, isPlain: Bool, tag: String?, at pointer: String, _ line: Int
  ) throws(ManifestFault) -> JSONValue {
    let isResolved = tag == nil && isPlain
    let isNamed = ["int", "float", "bool", "null"].contains { tag == tagPrefix + $0 }
    guard isResolved || isNamed else {
      try require(tag, "str", line)
      return .string(text)
    }
    guard let value = YAMLScalar.value(text) else {
      throw ManifestFault(line: line, reason: "has a number that JSON cannot express")
    }
    return isResolved && value != .null && isText(pointer) ? .string(text) : value
  }

  private static let tagPrefix = "tag:yaml.org,2002:"

  /// Refuses a tag other than none, `!` and that of the type.
  private static func require(
    _ tag: String?, _ type: String, _ line: Int
  ) throws(ManifestFault) {
    guard let tag, tag != "!", tag != tagPrefix + type else { return }
    throw ManifestFault(line: line, reason: "has the tag '\(tag.prefix(64))', which has no use")
  }
}
