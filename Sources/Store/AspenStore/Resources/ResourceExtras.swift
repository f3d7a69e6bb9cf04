package import AspenModel

/// What happens to a stored secret when its resource is changed.
package enum SecretChange: Sendable, Hashable {
  case keep
  case set(SealedSecret)
  case clear
}

/// What a resource of a certain kind has besides its spec: secrets, and what it belongs to.
package enum ResourceExtras: Sendable, Hashable {
  /// Nothing, and nothing changed.
  case none
  /// Of a camera: its password.
  case camera(SecretChange)
  /// Of a new stream: its camera, which it keeps.
  case stream(camera: ObjectName)
  /// Of a new token.
  case token(secretSHA256: [UInt8])
  /// Of a new join token.
  case joinToken(publicID: String, secretSHA256: [UInt8])
  /// Of a user: how to check the password. Nil leaves it as it is.
  case user(passwordHash: String?)
}
