import COpenSSL

/// The protocol versions a context speaks. Tests narrow it; programs take both.
package enum TLSVersions: Sendable {
  /// TLS 1.2 and 1.3.
  case all
  /// TLS 1.2 only.
  case only12
  /// TLS 1.3 only.
  case only13
}

/// What the server side of TLS sessions shares: certificate chain, key and settings.
///
/// `@unchecked Sendable`: the SSL_CTX is not changed after init, and OpenSSL counts its references
/// atomically, so several threads may make sessions from it.
package final class TLSServerContext: @unchecked Sendable {
  let handle: OpaquePointer
  private let alpn: ALPNOffer

  /// Loads the PEM files; `alpn` lists the protocols in the order of the server's preference.
  /// A client that offers ALPN without a common protocol is served without one.
  package init(
    certificateChainFile: String, privateKeyFile: String, alpn: [String] = [],
    versions: TLSVersions = .all
  ) throws(CryptoError) {
    handle = try makeContext(TLS_server_method(), versions: versions)
    self.alpn = ALPNOffer(protocols: alpn)
    // Without a session id context resumption by id fails; tickets (the default) do not need a cache.
    aspen_ssl_context_no_session_cache(handle)
    ERR_clear_error()
    guard SSL_CTX_use_certificate_chain_file(handle, certificateChainFile) == 1 else {
      throw .file(path: certificateChainFile, message: OpenSSLError.take(or: "no certificate"))
    }
    guard SSL_CTX_use_PrivateKey_file(handle, privateKeyFile, SSL_FILETYPE_PEM) == 1 else {
      throw .file(path: privateKeyFile, message: OpenSSLError.take(or: "no private key"))
    }
    guard SSL_CTX_check_private_key(handle) == 1 else {
      throw .file(path: privateKeyFile, message: "the key does not belong to the certificate")
    }
    if !alpn.isEmpty {
      SSL_CTX_set_alpn_select_cb(
        handle, ALPNOffer.select, Unmanaged.passUnretained(self.alpn).toOpaque())
    }
  }

  deinit { SSL_CTX_free(handle) }
}

/// Whose certificates a client accepts.
package enum TLSTrust: Hashable, Sendable {
  /// The certificate authorities of the system.
  case system
  /// The certificates in one PEM file, and no others.
  case file(String)
  /// Anybody's: the peer is not checked at all. For tests.
  case insecureForTests
}

/// What the client side of TLS sessions shares: whom to trust.
///
/// `@unchecked Sendable`: as for `TLSServerContext`.
package final class TLSClientContext: @unchecked Sendable {
  let handle: OpaquePointer
  let alpn: [UInt8]
  let verifiesPeer: Bool

  /// Loads the trusted certificates; `alpn` lists the protocols to offer.
  package init(
    trust: TLSTrust = .system, alpn: [String] = [], versions: TLSVersions = .all
  ) throws(CryptoError) {
    handle = try makeContext(TLS_client_method(), versions: versions)
    self.alpn = ALPNOffer.encode(alpn)
    verifiesPeer = trust != .insecureForTests
    ERR_clear_error()
    switch trust {
    case .system:
      guard SSL_CTX_set_default_verify_paths(handle) == 1 else {
        throw .setup(OpenSSLError.take(or: "no system certificates"))
      }
    case .file(let path):
      guard SSL_CTX_load_verify_locations(handle, path, nil) == 1 else {
        throw .file(path: path, message: OpenSSLError.take(or: "no certificates"))
      }
    case .insecureForTests: break
    }
    SSL_CTX_set_verify(handle, verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
  }

  deinit { SSL_CTX_free(handle) }
}

private func makeContext(
  _ method: OpaquePointer?, versions: TLSVersions
) throws(CryptoError) -> OpaquePointer {
  guard let context = SSL_CTX_new(method) else {
    throw .setup(OpenSSLError.take(or: "no context"))
  }
  var done = aspen_ssl_context_defaults(context) == 1
  switch versions {
  case .all: break
  case .only12: done = done && aspen_ssl_context_only_version(context, 0x0303) == 1
  case .only13: done = done && aspen_ssl_context_only_version(context, 0x0304) == 1
  }
  guard done else {
    SSL_CTX_free(context)
    throw .setup(OpenSSLError.take(or: "the versions are not available"))
  }
  return context
}

/// The protocols of a server (RFC 7301): each is a length byte and the name.
final class ALPNOffer: Sendable {
  private let encoded: [UInt8]

  init(protocols: [String]) { encoded = Self.encode(protocols) }

  static func encode(_ protocols: [String]) -> [UInt8] {
    protocols.flatMap { name in
      precondition((1...255).contains(name.utf8.count), "an ALPN name has 1 to 255 bytes")
      return [UInt8(name.utf8.count)] + Array(name.utf8)
    }
  }

  /// Picks the server's first protocol that the client offers too. The answer points into the
  /// client's offer, which outlives the call, as OpenSSL demands.
  static let select:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
      UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
    ) -> Int32 = { _, chosen, chosenLength, offered, offeredLength, argument in
      guard let chosen, let chosenLength, let offered, let argument else {
        return SSL_TLSEXT_ERR_NOACK
      }
      let offer = Unmanaged<ALPNOffer>.fromOpaque(argument).takeUnretainedValue().encoded
      let client = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
      var place = 0
      while place < offer.count {
        let name = offer[(place + 1)..<(place + 1 + Int(offer[place]))]
        var index = 0
        while index < client.count {
          let length = Int(client[index])
          let end = index + 1 + length
          guard end <= client.count else { return SSL_TLSEXT_ERR_NOACK }
          if client[(index + 1)..<end].elementsEqual(name) {
            chosen.pointee = offered + index + 1
            chosenLength.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
          }
          index = end
        }
        place += 1 + Int(offer[place])
      }
      return SSL_TLSEXT_ERR_NOACK
    }
}
