/// JSON Pointers (RFC 6901), as errors and changes name fields.
enum JSONPointer {
  /// A name as one token.
  static func escaped(_ name: String) -> String {
    name.replacing("~", with: "~0").replacing("/", with: "~1")
  }

  /// The names of a pointer; a text that is none is one name.
  static func names(_ pointer: String) -> [String] {
    guard pointer.hasPrefix("/") else { return pointer.isEmpty ? [] : [pointer] }
    return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
    }
  }

  /// The field for people: `spec.address`.
  static func text(_ pointer: String) -> String {
    names(pointer).joined(separator: ".")
  }
}
