import AspenCrypto
import AspenTestSupport
import Testing

/// Two sessions and the bytes between them, without sockets.
final class SessionPair {
  let client: TLSSession
  let server: TLSSession
  private let clientOutput = TLSOutput()
  private let serverOutput = TLSOutput()
  private var buffer = [UInt8](repeating: 0, count: 16_384)

  init(
    _ certificate: TestCertificate, serverName: String = "localhost",
    trust: TLSTrust? = nil, versions: TLSVersions = .all, clientALPN: [String] = [],
    serverALPN: [String] = []
  ) throws {
    let serverContext = try TLSServerContext(
      certificateChainFile: certificate.certificateFile, privateKeyFile: certificate.keyFile,
      alpn: serverALPN)
    let clientContext = try TLSClientContext(
      trust: trust ?? .file(certificate.authorityFile), alpn: clientALPN, versions: versions)
    server = try TLSSession(server: serverContext, output: serverOutput)
    client = try TLSSession(client: clientContext, serverName: serverName, output: clientOutput)
  }

  func take(_ output: TLSOutput) -> [UInt8] {
    defer { output.removeAll() }
    return Array(output.bytes)
  }

  func fromClient() -> [UInt8] { take(clientOutput) }
  func fromServer() -> [UInt8] { take(serverOutput) }

  /// Feeds `bytes` in pieces of `step` and continues the handshake.
  func feed(_ session: TLSSession, _ bytes: [UInt8], step: Int = .max) throws(CryptoError) {
    var failure: CryptoError?
    var rest = bytes[...]
    while !rest.isEmpty, failure == nil {
      let piece = Array(rest.prefix(step))
      rest = rest.dropFirst(piece.count)
      piece.withUnsafeBytes { raw in
        session.withInput(raw) {
          do throws(CryptoError) { _ = try session.handshake() } catch { failure = error }
        }
      }
    }
    if let failure { throw failure }
  }

  func shakeHands(step: Int = .max) throws(CryptoError) {
    _ = try client.handshake()
    for _ in 0..<4 {
      try feed(server, fromClient(), step: step)
      try feed(client, fromServer(), step: step)
    }
  }

  /// All plaintext in `ciphertext`, and how the reading ended.
  func read(_ session: TLSSession, _ ciphertext: [UInt8]) throws -> ([UInt8], TLSRead) {
    var plaintext: [UInt8] = []
    var result = Result<TLSRead, CryptoError>.success(.needsInput)
    ciphertext.withUnsafeBytes { raw in
      session.withInput(raw) {
        while true {
          do throws(CryptoError) {
            let read = try buffer.withUnsafeMutableBytes { bytes in
              Result { () throws(CryptoError) in try session.read(into: bytes) }
            }.get()
            guard case .plaintext(let count) = read else {
              result = .success(read)
              return
            }
            plaintext += buffer[..<count]
          } catch {
            result = .failure(error)
            return
          }
        }
      }
    }
    return (plaintext, try result.get())
  }

  func write(_ session: TLSSession, _ plaintext: [UInt8]) throws {
    var rest = plaintext[...]
    while !rest.isEmpty {
      let count = try rest.withUnsafeBytes { bytes in try session.write(bytes) }
      rest = rest.dropFirst(count)
    }
  }
}

@Suite("TLS sessions")
struct TLSSessionTests {
  @Test("data crosses a session in both directions", arguments: [TLSVersions.only12, .only13])
  func data(versions: TLSVersions) async throws {
    let pair = try SessionPair(try await TestCertificate.shared, versions: versions)
    try pair.shakeHands()
    #expect(pair.client.isOpen && pair.server.isOpen)
    #expect(pair.client.version == (versions == .only12 ? "TLSv1.2" : "TLSv1.3"))
    let sent = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
    try pair.write(pair.client, sent)
    #expect(try pair.read(pair.server, pair.fromClient()).0 == sent)
    try pair.write(pair.server, sent)
    #expect(try pair.read(pair.client, pair.fromServer()).0 == sent)
  }

  @Test("a handshake that arrives byte by byte succeeds")
  func byteByByte() async throws {
    let pair = try SessionPair(try await TestCertificate.shared)
    try pair.shakeHands(step: 1)
    #expect(pair.client.isOpen && pair.server.isOpen)
  }

  @Test("ciphertext that was not read yet is kept for the next call")
  func leftover() async throws {
    let pair = try SessionPair(try await TestCertificate.shared)
    try pair.shakeHands()
    try pair.write(pair.client, [1, 2, 3])
    pair.fromClient().withUnsafeBytes { raw in pair.server.withInput(raw) {} }
    #expect(pair.server.hasPendingInput)
    #expect(try pair.read(pair.server, []).0 == [1, 2, 3])
    #expect(!pair.server.hasPendingInput)
  }

  @Test("the closing alert ends the other side in order")
  func closing() async throws {
    let pair = try SessionPair(try await TestCertificate.shared)
    try pair.shakeHands()
    pair.client.close()
    #expect(try pair.read(pair.server, pair.fromClient()).1 == .closed)
  }

  @Test("a changed byte of ciphertext ends the session with an error")
  func tampered() async throws {
    let pair = try SessionPair(try await TestCertificate.shared)
    try pair.shakeHands()
    try pair.write(pair.client, [1, 2, 3])
    var bytes = pair.fromClient()
    bytes[bytes.count - 1] ^= 1
    #expect(throws: CryptoError.self) { try pair.read(pair.server, bytes) }
  }

  @Test("ALPN chooses the server's first common protocol")
  func alpn() async throws {
    let pair = try SessionPair(
      try await TestCertificate.shared, clientALPN: ["a", "bb", "http/1.1"],
      serverALPN: ["h2", "http/1.1", "a"])
    try pair.shakeHands()
    #expect(pair.client.negotiatedProtocol == "http/1.1")
    #expect(pair.server.negotiatedProtocol == "http/1.1")
  }

  @Test("peers without a common protocol go on without one")
  func noALPN() async throws {
    let pair = try SessionPair(
      try await TestCertificate.shared, clientALPN: ["x"], serverALPN: ["http/1.1"])
    try pair.shakeHands()
    #expect(pair.server.negotiatedProtocol == nil)
  }

  @Test("a certificate for another name is refused")
  func wrongName() async throws {
    let pair = try SessionPair(try await TestCertificate.shared, serverName: "camera.example")
    #expect(throws: CryptoError.certificate("it is not for \"camera.example\"")) {
      try pair.shakeHands()
    }
  }

  @Test("a certificate for another address is refused")
  func wrongAddress() async throws {
    let pair = try SessionPair(try await TestCertificate.shared, serverName: "127.0.0.2")
    #expect(throws: CryptoError.certificate("it is not for \"127.0.0.2\"")) {
      try pair.shakeHands()
    }
  }

  @Test("a certificate is good for its addresses", arguments: ["127.0.0.1", "[::1]", "::1"])
  func address(name: String) async throws {
    let pair = try SessionPair(try await TestCertificate.shared, serverName: name)
    try pair.shakeHands()
    #expect(pair.client.isOpen)
  }

  @Test("an expired certificate is refused")
  func expired() async throws {
    let pair = try SessionPair(try await TestCertificate.make(validity: .past))
    #expect(throws: CryptoError.certificate("certificate has expired")) { try pair.shakeHands() }
  }

  @Test("a self-signed certificate is refused")
  func selfSigned() async throws {
    let pair = try SessionPair(try await TestCertificate.make(selfSigned: true))
    #expect(throws: CryptoError.certificate("self-signed certificate")) { try pair.shakeHands() }
  }

  @Test("a client for tests may take any certificate")
  func insecure() async throws {
    let pair = try SessionPair(
      try await TestCertificate.make(selfSigned: true), serverName: "other",
      trust: .insecureForTests)
    try pair.shakeHands()
    #expect(pair.client.isOpen)
  }

  @Test("a key of another certificate is refused with its file's name")
  func wrongKey() async throws {
    let other = try await TestCertificate.make()
    let certificate = try await TestCertificate.shared
    let error = #expect(throws: CryptoError.self) {
      try TLSServerContext(
        certificateChainFile: certificate.certificateFile, privateKeyFile: other.keyFile)
    }
    #expect(error?.description.contains(other.keyFile) == true)
  }

  @Test("a missing certificate file is named in the error")
  func missingFile() throws {
    let error = #expect(throws: CryptoError.self) {
      try TLSServerContext(certificateChainFile: "/nowhere.pem", privateKeyFile: "/nowhere.key")
    }
    #expect(error?.description.contains("/nowhere.pem") == true)
  }
}
