/// Short facts that select things: `site=yard`, `accelerator=cuda`.
///
/// At most 32; a key is 1 to 63 and a value 0 to 63 of letters, digits, `- _ . /`.
package struct Labels: Sendable, Hashable {
  package private(set) var values: [String: String]

  /// The most labels one thing may carry.
  package static let maxCount = 32

  /// No labels.
  package init() {
    values = [:]
  }

  /// Checked labels; errors are named below `field`.
  package init(_ values: [String: String], field: String = "/labels") throws(ValidationError) {
    if values.count > Self.maxCount {
      throw ValidationError(field, "has more than \(Self.maxCount) labels")
    }
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      if !Self.isKey(key) {
        throw ValidationError(
          Self.pointer(field, key), "has a key that is not 1 to 63 letters, digits, - _ . /")
      }
      if !Self.isValue(value) {
        throw ValidationError(
          Self.pointer(field, key), "has a value that is not 0 to 63 letters, digits, - _ . /")
      }
    }
    self.values = values
  }

  /// Labels from a JSON object of strings.
  package init(json: JSONValue, field: String = "/labels") throws(ValidationError) {
    guard let members = json.members else {
      throw ValidationError(field, "must be an object of strings, not \(json.kindName)")
    }
    var values: [String: String] = [:]
    for member in members {
      guard let text = member.value.text else {
        throw ValidationError(
          Self.pointer(field, member.name), "must be a string, not \(member.value.kindName)")
      }
      values[member.name] = text
    }
    try self.init(values, field: field)
  }

  /// Labels written `a=b,c=d`, as on a command line.
  package init(parsing text: String, field: String = "labels") throws(ValidationError) {
    var values: [String: String] = [:]
    for pair in text.split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw ValidationError(field, "must be KEY=VALUE, separated by commas")
      }
      values[String(parts[0])] = String(parts[1])
    }
    try self.init(values, field: field)
  }

  /// The value of a label.
  package subscript(key: String) -> String? { values[key] }

  /// The labels as a JSON object in key order.
  package var json: JSONValue {
    .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
  }

  /// The JSON Pointer to a label; a key that is too long is cut.
  private static func pointer(_ field: String, _ key: String) -> String {
    "\(field)/\(FieldReader.escaped(String(key.prefix(64))))"
  }

  static func isKey(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count) && text.utf8.allSatisfy(isLabelByte)
  }

  static func isValue(_ text: String) -> Bool {
    text.utf8.count <= 63 && text.utf8.allSatisfy(isLabelByte)
  }

  private static func isLabelByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: true
    default: false
    }
  }
}
