/// Notes that people and programs keep with a resource; nothing is selected by them.
///
/// At most 32; a key is like that of a label, a value any text of at most 4,096 bytes of UTF-8.
package struct Annotations: Sendable, Hashable {
  package private(set) var values: [String: String]

  /// The most annotations one thing may carry.
  package static let maxCount = 32
  /// The longest value: 32 of them stay far below the limit of a request's body.
  package static let maxValueBytes = 4096

  /// No annotations.
  package init() {
    values = [:]
  }

  /// Annotations from a JSON object of strings; errors are named below `field`.
  package init(json: JSONValue, field: String = "/annotations") throws(ValidationError) {
    guard let members = json.members else {
      throw ValidationError(field, "must be an object of strings, not \(json.kindName)")
    }
    if members.count > Self.maxCount {
      throw ValidationError(field, "has more than \(Self.maxCount) annotations")
    }
    values = [:]
    for member in members {
      let pointer = "\(field)/\(FieldReader.escaped(String(member.name.prefix(64))))"
      guard Labels.isKey(member.name) else {
        throw ValidationError(pointer, "has a key that is not 1 to 63 letters, digits, - _ . /")
      }
      guard let text = member.value.text else {
        throw ValidationError(pointer, "must be a string, not \(member.value.kindName)")
      }
      // PostgreSQL cannot keep NUL in a text.
      guard text.utf8.count <= Self.maxValueBytes, !text.utf8.contains(0) else {
        throw ValidationError(pointer, "must be at most \(Self.maxValueBytes) bytes without NUL")
      }
      values[member.name] = text
    }
  }

  /// The annotations as a JSON object in key order.
  package var json: JSONValue {
    .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
  }
}
