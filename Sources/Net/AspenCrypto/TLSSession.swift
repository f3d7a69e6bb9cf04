import COpenSSL

/// What a read from a session brought.
package enum TLSRead: Hashable, Sendable {
  /// So many bytes of plaintext.
  case plaintext(Int)
  /// Nothing until more ciphertext arrives.
  case needsInput
  /// The peer ended the session in order (`close_notify`).
  case closed
}

/// One side of a TLS connection, without a socket: ciphertext goes in with `withInput`, comes out through
/// a `TLSOutput`.
///
/// handshaking → open → closed. After an error the session is over; its alert is in the output.
/// Not Sendable: confined to the loop of its connection.
package final class TLSSession {
  private let ssl: OpaquePointer
  private let output: TLSOutput
  /// The ALPN list belongs to the context object, not to the SSL_CTX.
  private let context: AnyObject
  private let serverName: String?
  /// Ciphertext of the present call; borrowed.
  private var input = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Ciphertext that earlier calls left; at most one read of the socket, since a caller that does not
  /// read the plaintext does not read the socket either.
  private var leftover: [UInt8] = []
  private var leftoverStart = 0
  /// Whether the handshake is over.
  package private(set) var isOpen = false

  /// The server's side.
  package convenience init(server: TLSServerContext, output: TLSOutput) throws(CryptoError) {
    try self.init(context: server, handle: server.handle, serverName: nil, output: output)
    SSL_set_accept_state(ssl)
  }

  /// The client's side. `serverName` is the DNS name or IP address that the certificate must be for.
  package convenience init(
    client: TLSClientContext, serverName: String, output: TLSOutput
  ) throws(CryptoError) {
    try self.init(context: client, handle: client.handle, serverName: serverName, output: output)
    SSL_set_connect_state(ssl)
    try setServerName(serverName, verify: client.verifiesPeer)
    if !client.alpn.isEmpty {
      SSL_set_alpn_protos(ssl, client.alpn, UInt32(client.alpn.count))
    }
  }

  private init(
    context: AnyObject, handle: OpaquePointer, serverName: String?, output: TLSOutput
  ) throws(CryptoError) {
    ERR_clear_error()
    guard let method = SessionBIO.method, let ssl = SSL_new(handle) else {
      throw .setup(OpenSSLError.take(or: "no session"))
    }
    guard let bio = BIO_new(method) else {
      SSL_free(ssl)
      throw .setup(OpenSSLError.take(or: "no BIO"))
    }
    self.ssl = ssl
    self.output = output
    self.context = context
    self.serverName = serverName
    BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    BIO_set_init(bio, 1)
    // The SSL takes the one reference, also when it is given as both ends.
    SSL_set_bio(ssl, bio, bio)
  }

  deinit { SSL_free(ssl) }

  /// The protocol that ALPN chose, or nil.
  package var negotiatedProtocol: String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &length)
    guard let name, length > 0 else { return nil }
    return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
  }

  /// `TLSv1.2` or `TLSv1.3`.
  package var version: String { String(cString: SSL_get_version(ssl)) }

  /// Whether ciphertext or plaintext waits inside, so that `read` may bring something without input.
  package var hasPendingInput: Bool {
    leftoverStart < leftover.count || SSL_has_pending(ssl) == 1
  }

  /// Lets `body`'s calls take from `ciphertext`; what they leave is kept for the next time.
  package func withInput(_ ciphertext: UnsafeRawBufferPointer, _ body: () -> Void) {
    input = ciphertext
    body()
    if leftoverStart == leftover.count {
      leftover = []
      leftoverStart = 0
    }
    if !input.isEmpty { leftover.append(contentsOf: input) }
    input = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Goes on with the handshake; true when it is over. A client's first call produces its hello.
  package func handshake() throws(CryptoError) -> Bool {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 {
      isOpen = true
      return true
    }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
    default: throw failure()
    }
  }

  /// Decrypts the next record into `buffer`, which has room for one (16 KiB).
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(CryptoError) -> TLSRead {
    ERR_clear_error()
    var count = 0
    let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
    if result == 1 { return .plaintext(count) }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsInput
    case SSL_ERROR_ZERO_RETURN: return .closed
    default: throw failure()
    }
  }

  /// Encrypts the first bytes of `plaintext` as one record and returns how many: at most 16 KiB, and 0
  /// if the output has no room.
  package func write(_ plaintext: UnsafeRawBufferPointer) throws(CryptoError) -> Int {
    guard !plaintext.isEmpty else { return 0 }
    ERR_clear_error()
    var count = 0
    let result = SSL_write_ex(ssl, plaintext.baseAddress, plaintext.count, &count)
    if result == 1 { return count }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return 0
    default: throw failure()
    }
  }

  /// Puts `close_notify` into the output, once.
  package func close() {
    guard isOpen else { return }
    ERR_clear_error()
    SSL_shutdown(ssl)
    ERR_clear_error()
  }

  private func setServerName(_ name: String, verify: Bool) throws(CryptoError) {
    var host = name
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else { throw .setup("the server has no name to check") }
    ERR_clear_error()
    // An address is checked against the certificate's addresses and is never sent (RFC 6066 3).
    if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1 { return }
    ERR_clear_error()
    guard aspen_ssl_set_server_name(ssl, host) == 1 else {
      throw .setup(OpenSSLError.take(or: "the server name was refused"))
    }
    SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    guard SSL_set1_host(ssl, host) == 1 else {
      throw .setup(OpenSSLError.take(or: "the server name was refused"))
    }
  }

  private func failure() -> CryptoError {
    let code = SSL_get_verify_result(ssl)
    guard code != X509_V_OK, serverName != nil, SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE else {
      return .protocolFailure(OpenSSLError.take(or: "the connection ended"))
    }
    ERR_clear_error()
    if code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH {
      return .certificate("it is not for \"\(serverName ?? "")\"")
    }
    return .certificate(String(cString: X509_verify_cert_error_string(Int(code))))
  }

  // MARK: BIO

  fileprivate func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if leftoverStart < leftover.count {
      let count = min(buffer.count, leftover.count - leftoverStart)
      buffer.copyBytes(from: leftover[leftoverStart..<(leftoverStart + count)])
      leftoverStart += count
      return count
    }
    let count = min(buffer.count, input.count)
    guard count > 0 else { return 0 }
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
    input = UnsafeRawBufferPointer(rebasing: input[count...])
    return count
  }

  fileprivate func put(_ bytes: UnsafeRawBufferPointer) -> Bool { output.append(bytes) }
}

/// The BIO through which OpenSSL reads and writes a session's buffers: a third less CPU than a socket BIO,
/// because the records of a frame become one send.
private enum SessionBIO {
  /// Made once. OpenSSL never changes a method after its set-up, so all threads may use it.
  nonisolated(unsafe) static let method: OpaquePointer? = {
    let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
    guard let method = BIO_meth_new(kind, "aspen") else { return nil }
    BIO_meth_set_read(method) { bio, bytes, count in
      aspen_bio_clear_retry(bio)
      guard let session = SessionBIO.session(bio), let bytes, count > 0 else { return -1 }
      let taken = session.take(into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
      if taken > 0 { return Int32(taken) }
      aspen_bio_set_retry_read(bio)
      return -1
    }
    BIO_meth_set_write(method) { bio, bytes, count in
      aspen_bio_clear_retry(bio)
      guard let session = SessionBIO.session(bio), let bytes, count > 0 else { return -1 }
      if session.put(UnsafeRawBufferPointer(start: bytes, count: Int(count))) { return count }
      aspen_bio_set_retry_write(bio)
      return -1
    }
    BIO_meth_set_ctrl(method) { bio, command, number, pointer in
      aspen_bio_control(bio, command, number, pointer)
    }
    return method
  }()

  /// The session outlives its SSL, and the SSL its BIO.
  static func session(_ bio: OpaquePointer?) -> TLSSession? {
    guard let data = BIO_get_data(bio) else { return nil }
    return Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue()
  }
}
