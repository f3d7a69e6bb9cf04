import AspenCrypto
import AspenModel

/// Why something sealed cannot be opened, or sealed.
enum SecretSealerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It was sealed with a key that is not in the key file.
  case unknownKey(id: String, context: String)
  /// It was sealed for another context, or was changed since.
  case damaged(keyID: String, context: String)
  /// It is too large to be sealed, or the process has no memory.
  case failed(String)

  var description: String {
    switch self {
    case .unknownKey(let id, let context):
      "the secret of \(context) is sealed with the key '\(id)', which is not in the key file"
    case .damaged(let id, let context):
      "the secret of \(context) does not open with the key '\(id)': it is damaged, or belongs "
        + "elsewhere"
    case .failed(let reason): "a secret cannot be sealed or opened: \(reason)"
    }
  }
}

/// Seals secrets at rest with the current key, and opens what any known key sealed.
///
/// What is sealed for one context, such as `camera/7`, does not open for another, so that a row's
/// secret cannot be moved to another row.
struct SecretSealer: Sendable, CustomStringConvertible, CustomReflectable {
  private let current: SealingKey
  private let keys: [String: SealingKey]

  /// A sealer with the keys of a file.
  init(_ file: SealingKeyFile) {
    self.init(keys: file.keys)
  }

  /// A sealer whose first key is the current one; there is at least one.
  init(keys: [SealingKey]) {
    guard let first = keys.first else { preconditionFailure("a sealer needs a key") }
    current = first
    self.keys = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The id of the key that seals.
  var currentKeyID: String { current.id }

  /// Whether this key can open what it sealed.
  func knows(keyID: String) -> Bool { keys[keyID] != nil }

  /// Seals a text for `context`.
  func seal(_ secret: Secret, context: String) throws(SecretSealerError) -> SealedSecret {
    try seal(Array(secret.revealed.utf8), context: context)
  }

  /// Seals bytes for `context`, such as an answer that holds a new token.
  func seal(_ bytes: [UInt8], context: String) throws(SecretSealerError) -> SealedSecret {
    let nonce = RandomBytes.generate(AESGCM.nonceBytes)
    do {
      let sealed = try AESGCM.seal(
        bytes, key: current.bytes, nonce: nonce, aad: Array(context.utf8))
      return SealedSecret(keyID: current.id, bytes: nonce + sealed)
    } catch {
      throw .failed(error.description)
    }
  }

  /// The text that was sealed for `context`.
  func open(_ sealed: SealedSecret, context: String) throws(SecretSealerError) -> Secret {
    let bytes = try openBytes(sealed, context: context)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .damaged(keyID: sealed.keyID, context: context)
    }
    return Secret(text)
  }

  /// The bytes that were sealed for `context`.
  func openBytes(_ sealed: SealedSecret, context: String) throws(SecretSealerError) -> [UInt8] {
    guard let key = keys[sealed.keyID] else {
      throw .unknownKey(id: sealed.keyID, context: context)
    }
    guard sealed.bytes.count >= AESGCM.nonceBytes else {
      throw .damaged(keyID: sealed.keyID, context: context)
    }
    do {
      return try AESGCM.open(
        Array(sealed.bytes[AESGCM.nonceBytes...]), key: key.bytes,
        nonce: Array(sealed.bytes[..<AESGCM.nonceBytes]), aad: Array(context.utf8))
    } catch .authentication {
      throw .damaged(keyID: sealed.keyID, context: context)
    } catch {
      throw .failed(error.description)
    }
  }

  /// A signer of view links whose keys follow from the sealing keys.
  var viewLinkSigner: ViewLinkSigner {
    let others = keys.values.filter { $0.id != current.id }
    return ViewLinkSigner(
      keys: ([current] + others).map { key in
        HMACSHA256.derivedKey(label: Array("view-link".utf8), from: key.bytes)
      })
  }

  var description: String { "SecretSealer(\(current.id))" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
