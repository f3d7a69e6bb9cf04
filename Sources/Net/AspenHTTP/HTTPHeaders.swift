/// Header fields in the order they were received or added; names compare without case.
///
/// One byte buffer and a table of offsets: parsing a head of any number of fields costs two
/// allocations, and a value becomes a `String` only when somebody asks for it.
package struct HTTPHeaders: Sendable {
  struct Field: Sendable {
    let nameStart: UInt32
    let nameCount: UInt32
    let valueStart: UInt32
    let valueCount: UInt32

    var name: Range<Int> { Int(nameStart)..<Int(nameStart + nameCount) }
    var value: Range<Int> { Int(valueStart)..<Int(valueStart + valueCount) }
  }

  private(set) var bytes: [UInt8]
  private(set) var fields: [Field]

  /// No fields.
  package init() {
    bytes = []
    fields = []
  }

  /// Takes over a parsed head: the offsets of `fields` point into `bytes`.
  init(bytes: [UInt8], fields: [Field]) {
    self.bytes = bytes
    self.fields = fields
  }

  /// The number of fields; a repeated name counts each time.
  package var count: Int { fields.count }

  /// The first value of `name`; setting replaces every value of that name, nil removes it.
  package subscript(name: String) -> String? {
    get {
      for field in fields where isName(field, name) { return text(field.value) }
      return nil
    }
    set {
      if let newValue { set(name, newValue) } else { remove(name) }
    }
  }

  /// Every value of `name`, in order.
  package func all(_ name: String) -> [String] {
    fields.filter { isName($0, name) }.map { text($0.value) }
  }

  /// Appends a field. Control characters of `value` become spaces, so that no value can start
  /// another field; `name` must be a token (RFC 9110 5.6.2).
  package mutating func add(_ name: String, _ value: String) {
    precondition(
      !name.isEmpty && name.utf8.allSatisfy(HTTPSyntax.isToken), "a field name is a token")
    let nameStart = bytes.count
    bytes.append(contentsOf: name.utf8)
    let valueStart = bytes.count
    for byte in value.utf8 { bytes.append(HTTPSyntax.isFieldText(byte) ? byte : 0x20) }
    fields.append(
      Field(
        nameStart: UInt32(nameStart), nameCount: UInt32(valueStart - nameStart),
        valueStart: UInt32(valueStart), valueCount: UInt32(bytes.count - valueStart)))
  }

  /// Replaces every value of `name`.
  package mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  /// Removes every value of `name`.
  package mutating func remove(_ name: String) {
    guard fields.contains(where: { isName($0, name) }) else { return }
    let kept = fields.filter { !isName($0, name) }
    fields = kept
  }

  /// Whether the comma-separated lists of `name` contain `token`, without case.
  package func contains(_ name: String, token: String) -> Bool {
    for field in fields where isName(field, name) {
      for part in bytes[field.value].split(separator: UInt8(ascii: ",")) {
        if HTTPSyntax.equalsIgnoringCase(HTTPSyntax.trimmed(part), token) { return true }
      }
    }
    return false
  }

  /// Whether `field` has this name.
  func isName(_ field: Field, _ name: String) -> Bool {
    guard Int(field.nameCount) == name.utf8.count else { return false }
    return HTTPSyntax.equalsIgnoringCase(bytes[field.name], name)
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension HTTPHeaders: Sequence {
  /// Names and values in order.
  package func makeIterator() -> some IteratorProtocol<(name: String, value: String)> {
    fields.lazy.map { (name: text($0.name), value: text($0.value)) }.makeIterator()
  }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
  /// Adds the pairs in order.
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (name, value) in elements { add(name, value) }
  }
}

extension HTTPHeaders: Equatable {
  /// Same names (without case) and values in the same order.
  package static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy {
        $0.name.lowercased() == $1.name.lowercased() && $0.value == $1.value
      }
  }
}
