/// A secret as it is stored: AES-256-GCM under the key with this id.
package struct SealedSecret: Sendable, Hashable {
  package let keyID: String
  /// Nonce (12 bytes), ciphertext, tag (16 bytes).
  package let bytes: [UInt8]

  /// A sealed secret.
  package init(keyID: String, bytes: [UInt8]) {
    self.keyID = keyID
    self.bytes = bytes
  }
}
