import AspenCrypto
import AspenModel

/// Leave to watch one stream for a while, which whoever holds the link has.
struct ViewLink: Sendable, Hashable {
  let streamID: Int64
  /// A whole second; at this time the link is over.
  let expiresAt: Timestamp
  /// Who made the link.
  let issuer: Actor
  /// 12 random bytes that tell links apart, also two alike, in the log and the audit.
  let id: [UInt8]

  /// A link; a fraction of a second of `expiresAt` is cut off.
  init(streamID: Int64, expiresAt: Timestamp, issuer: Actor, id: [UInt8]) {
    precondition(id.count == Self.idBytes, "a link's id has \(Self.idBytes) bytes")
    self.streamID = streamID
    let seconds = max(0, expiresAt.microseconds) / 1_000_000
    self.expiresAt = Timestamp(microseconds: seconds * 1_000_000)
    self.issuer = issuer
    self.id = id
  }

  static let idBytes = 12

  /// A fresh id.
  static func makeID() -> [UInt8] { RandomBytes.generate(idBytes) }

  /// The id as text.
  var idText: String { Base64URL.encode(id) }
}

/// Why a view link is not made or not accepted.
enum ViewLinkError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The text is none of ours: malformed, changed, or made with a key that is not known any more.
  case invalid
  case expired(at: Timestamp)
  /// The issuer's kind and name have more bytes than a link has room for.
  case issuerTooLong(Int)

  var description: String {
    switch self {
    case .invalid: "the view link is not valid"
    case .expired(let time): "the view link expired at \(time.text)"
    case .issuerTooLong(let most): "the name of who makes the view link exceeds \(most) bytes"
    }
  }
}

/// Makes view links and proves them: a link needs no row, so that it costs no query.
///
/// The text is `aspen_view_<payload>.<mac>`, fit for a URL, at most 512 bytes. `mac` is HMAC-SHA-256
/// over all before the dot; both parts are base64url. The payload, with big-endian numbers:
///
/// | bytes | meaning |
/// |---|---|
/// | 1 | version, 1 |
/// | 8 | id of the stream |
/// | 8 | end, in seconds since 1970 |
/// | 12 | id of the link |
/// | rest | issuer, `kind:name`, at most 300 |
struct ViewLinkSigner: Sendable, CustomReflectable {
  static let prefix = "aspen_view_"
  /// The longest text that is looked at.
  static let maxBytes = 512
  /// An issuer fits in the text's limit with all else, and holds a subject of OpenID Connect (255).
  static let maxIssuerBytes = 300

  private static let version: UInt8 = 1
  private static let headBytes = 1 + 8 + 8 + ViewLink.idBytes

  private let keys: [[UInt8]]

  /// Signs with the first of the keys, which has 32 random bytes, and accepts links of all of them.
  init(keys: [[UInt8]]) {
    precondition(!keys.isEmpty, "a signer needs a key")
    self.keys = keys
  }

  /// The link as text.
  func sign(_ link: ViewLink) throws(ViewLinkError) -> Secret {
    let issuer = "\(link.issuer.kind.rawValue):\(link.issuer.name)"
    guard issuer.utf8.count <= Self.maxIssuerBytes else {
      throw .issuerTooLong(Self.maxIssuerBytes)
    }
    var payload = [Self.version]
    payload += Self.bigEndian(UInt64(bitPattern: link.streamID))
    payload += Self.bigEndian(UInt64(link.expiresAt.microseconds / 1_000_000))
    payload += link.id
    payload += issuer.utf8
    let signed = Self.prefix + Base64URL.encode(payload)
    let code = HMACSHA256.authenticate(Array(signed.utf8), key: keys[0])
    return Secret("\(signed).\(Base64URL.encode(code))")
  }

  /// The link of a text that one of the keys signed and that is not over.
  func verify(_ text: String, now: Timestamp) throws(ViewLinkError) -> ViewLink {
    guard text.utf8.count <= Self.maxBytes, text.hasPrefix(Self.prefix),
      let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")),
      let code = Base64URL.decode(String(text[text.utf8.index(after: dot)...]))
    else { throw .invalid }
    let signed = text[..<dot]
    var isProved = false
    // All keys are tried, so that the time does not tell which one signed.
    for key in keys {
      let expected = HMACSHA256.authenticate(Array(signed.utf8), key: key)
      isProved = ConstantTime.equal(code, expected) || isProved
    }
    guard isProved, let payload = Base64URL.decode(String(signed.dropFirst(Self.prefix.count))),
      let link = Self.link(payload)
    else { throw .invalid }
    guard now < link.expiresAt else { throw .expired(at: link.expiresAt) }
    return link
  }

  private static func link(_ payload: [UInt8]) -> ViewLink? {
    guard payload.count > headBytes, payload[0] == version,
      let seconds = Int64(exactly: number(payload[9..<17])),
      seconds <= Int64.max / 1_000_000,
      let issuer = String(validating: payload[headBytes...], as: UTF8.self)
    else { return nil }
    let parts = issuer.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = ActorKind(rawValue: String(parts[0])) else { return nil }
    return ViewLink(
      streamID: Int64(bitPattern: number(payload[1..<9])),
      expiresAt: Timestamp(microseconds: seconds * 1_000_000),
      issuer: Actor(kind: kind, name: String(parts[1])), id: Array(payload[17..<headBytes]))
  }

  private static func bigEndian(_ number: UInt64) -> [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  var customMirror: Mirror { Mirror(self, children: []) }
}
