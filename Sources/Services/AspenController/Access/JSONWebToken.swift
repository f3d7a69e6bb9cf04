import AspenCrypto
import AspenModel

/// A signed token taken apart (JWS Compact Serialization, RFC 7515 3.1; JWT, RFC 7519). Nothing of it is
/// proved yet.
///
/// | part | read |
/// |---|---|
/// | header `alg` | one of `SignatureAlgorithm`; never `none` or a symmetric one |
/// | header `kid` | which key signed; optional |
/// | header `typ` | absent, `JWT` or `at+jwt` (RFC 9068); a logout token, for one, is no proof of a sign-in |
/// | header `crit` | refused: no extension is understood |
/// | payload | one JSON object, the claims |
struct JSONWebToken: Sendable {
  /// The longest text: some providers list hundreds of groups. It fits in a request head.
  static let maxBytes = 8 * 1024
  private static let maxKeyIDBytes = 256

  let algorithm: SignatureAlgorithm
  let keyID: String?
  let claims: JSONValue
  /// What the signature is over.
  let signed: [UInt8]
  let signature: [UInt8]

  /// Takes a text apart, strictly.
  init(parsing text: String) throws(OIDCError) {
    guard text.utf8.count <= Self.maxBytes else {
      throw .rejected("it is longer than \(Self.maxBytes) bytes")
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .rejected("it does not have three parts") }
    guard let header = Base64URL.decode(String(parts[0])),
      let payload = Base64URL.decode(String(parts[1])),
      let signature = Base64URL.decode(String(parts[2]))
    else { throw .rejected("a part of it is not base64url") }
    let fields = try Self.object(header, "header")
    algorithm = try Self.algorithm(fields)
    keyID = try Self.keyID(fields)
    claims = try Self.object(payload, "payload")
    guard !signature.isEmpty else { throw .rejected("it is not signed") }
    self.signature = signature
    signed = Array("\(parts[0]).\(parts[1])".utf8)
  }

  private static func object(_ bytes: [UInt8], _ name: String) throws(OIDCError) -> JSONValue {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .rejected("its \(name) \(error.message)")
    }
    guard value.members != nil else { throw .rejected("its \(name) is not an object") }
    return value
  }

  private static func algorithm(_ header: JSONValue) throws(OIDCError) -> SignatureAlgorithm {
    if header["crit"] != nil { throw .rejected("its header has critical extensions") }
    if let type = header["typ"] {
      let known = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]
      guard let text = type.text, known.contains(text.lowercased()) else {
        throw .rejected("its type is not JWT or at+jwt")
      }
    }
    guard let name = header["alg"]?.text else { throw .rejected("its header has no algorithm") }
    guard let algorithm = SignatureAlgorithm(rawValue: name) else {
      throw .rejected("its algorithm '\(OIDCError.shown(name))' is not accepted")
    }
    return algorithm
  }

  private static func keyID(_ header: JSONValue) throws(OIDCError) -> String? {
    guard let value = header["kid"] else { return nil }
    guard let text = value.text, text.utf8.count <= maxKeyIDBytes else {
      throw .rejected("its key id is not a string of at most \(maxKeyIDBytes) bytes")
    }
    return text
  }
}
