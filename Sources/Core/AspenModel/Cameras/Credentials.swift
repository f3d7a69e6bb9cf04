/// What a camera wants before it sends pictures.
package struct Credentials: Sendable, Hashable {
  package let username: String
  package let password: Secret

  /// The longest user name and password, in UTF-8 bytes.
  package static let maxUsernameBytes = 128
  package static let maxPasswordBytes = 256

  /// A user name and password; the name has no colon (RFC 7617, 7616).
  package init(username: String, password: Secret) {
    self.username = username
    self.password = password
  }

  /// Parses the `user:password` part of an address, percent-decoding both.
  static func parse(userInfo: Substring, field: String) throws(ValidationError) -> Credentials {
    let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = percentDecoded(parts[0]),
      let password = percentDecoded(parts.count > 1 ? parts[1] : "")
    else {
      throw ValidationError(field, "has a user or password that is not well percent-encoded")
    }
    guard isUsername(name) else {
      throw ValidationError(
        field, "has a user name before '@' that is empty, has a ':', or is over 128 bytes")
    }
    if password.utf8.count > maxPasswordBytes {
      throw ValidationError(field, "has a password over \(maxPasswordBytes) bytes")
    }
    return Credentials(username: name, password: Secret(password))
  }

  /// Whether a text can be a user name of Basic and Digest authentication.
  static func isUsername(_ text: String) -> Bool {
    (1...maxUsernameBytes).contains(text.utf8.count) && !text.utf8.contains(0x3A)
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == 0x25 {
        guard let high = rest.popFirst(), let low = rest.popFirst(),
          let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), value >= 0x20,
          value != 0x7F
        else { return nil }
        bytes.append(value)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
