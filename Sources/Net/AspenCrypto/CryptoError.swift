/// Why a cryptographic operation or a TLS session failed.
package enum CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A certificate or key file could not be used.
  case file(path: String, message: String)
  /// The peer's certificate was not accepted; the session is over.
  case certificate(String)
  /// The peer or OpenSSL broke the TLS protocol; the session is over.
  case protocolFailure(String)
  /// OpenSSL refused a setting or had no memory.
  case setup(String)
  /// A key, nonce or cost has a size or value that cannot be used.
  case parameter(String)
  /// What should be opened was not sealed with this key, nonce and additional text, or is damaged.
  case authentication
  /// OpenSSL could not do an operation, usually for want of memory.
  case operation(String)

  /// The failure in words.
  package var description: String {
    switch self {
    case .file(let path, let message): "cannot use \(path): \(message)"
    case .certificate(let message): "the peer's certificate was refused: \(message)"
    case .protocolFailure(let message): "TLS failed: \(message)"
    case .setup(let message): "TLS could not be set up: \(message)"
    case .parameter(let message): message
    case .authentication:
      "the bytes are damaged, or were sealed with another key or for another place"
    case .operation(let message): "OpenSSL failed: \(message)"
    }
  }
}
