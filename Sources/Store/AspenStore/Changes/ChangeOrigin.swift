package import AspenModel

/// Who asked for a change, from where, and by which request.
package struct ChangeOrigin: Sendable, Hashable {
  package let actor: Actor
  /// The client's network address.
  package let address: String
  package let requestID: String
  /// The operation of the API: `camera_update`.
  package let operation: String

  /// An origin of its parts. Texts longer than the audit takes are cut.
  package init(actor: Actor, address: String, requestID: String, operation: String) {
    self.actor = Actor(kind: actor.kind, name: actor.name.prefix(bytes: Self.maxNameBytes))
    self.address = address.prefix(bytes: Self.maxTextBytes)
    self.requestID = requestID.prefix(bytes: Self.maxTextBytes)
    self.operation = operation.prefix(bytes: Self.maxTextBytes)
  }

  /// As long as the columns of `audit_entries`.
  private static let maxNameBytes = 256
  private static let maxTextBytes = 128
}

extension String {
  /// The beginning of the text in at most so many bytes of UTF-8.
  func prefix(bytes: Int) -> String {
    if utf8.count <= bytes { return self }
    var result = ""
    for character in self {
      if result.utf8.count + character.utf8.count > bytes { break }
      result.append(character)
    }
    return result
  }
}
