/// The name of a resource: unique among its kind, fit for a URL path and a DNS label.
///
/// 1 to 63 of `a-z 0-9 - .`, beginning and ending with a letter or digit.
package struct ObjectName: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let text: String

  /// A name, or an error that names `field`.
  package init(_ text: String, field: String = "/name") throws(ValidationError) {
    guard Self.isValid(text) else {
      throw ValidationError(
        field,
        "must be 1 to 63 of a-z, 0-9, '-' and '.', and begin and end with a letter or digit")
    }
    self.text = text
  }

  package var description: String { text }

  package static func < (left: ObjectName, right: ObjectName) -> Bool { left.text < right.text }

  private static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...63).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
      return false
    }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
  }
}
