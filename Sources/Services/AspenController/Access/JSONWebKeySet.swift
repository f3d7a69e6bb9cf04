import AspenCrypto
import AspenModel

/// The public keys of an identity provider (RFC 7517). Keys of kinds that ASPEN does not use, or that are
/// malformed, are left out, as section 5 asks: a provider may add some at any time.
struct JSONWebKeySet: Sendable {
  /// One key that checks signatures.
  struct Key: Sendable {
    let id: String?
    /// The only algorithm that it is for; nil for all that its kind fits.
    let algorithm: SignatureAlgorithm?
    let verifier: SignatureVerifier

    func fits(_ wanted: SignatureAlgorithm) -> Bool {
      verifier.fits(wanted) && (algorithm ?? wanted) == wanted
    }
  }

  /// The most keys of a set; providers have a handful.
  static let maxKeys = 100
  /// The most bytes of a set's text.
  static let maxBytes = 256 * 1024

  let keys: [Key]

  /// Reads a set's text. Throws `.unavailable` if it is none, or has no key that could be used.
  init(parsing bytes: [UInt8]) throws(OIDCError) {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw .unavailable("the key set \(error.message)")
    }
    guard let elements = json["keys"]?.elements else {
      throw .unavailable("the key set has no list 'keys'")
    }
    guard elements.count <= Self.maxKeys else {
      throw .unavailable("the key set has more than \(Self.maxKeys) keys")
    }
    keys = elements.compactMap(Self.key)
    if keys.isEmpty { throw .unavailable("the key set has no key that could be used") }
  }

  /// The keys that may have signed with `algorithm`: those with the id, or without one the only key that
  /// fits, since guessing among several would hide a provider's mistake (OpenID Connect Core 10.1).
  func candidates(keyID: String?, algorithm: SignatureAlgorithm) -> [SignatureVerifier] {
    let fitting = keys.filter { $0.fits(algorithm) }
    guard let keyID else { return fitting.count == 1 ? fitting.map(\.verifier) : [] }
    return fitting.filter { $0.id == keyID }.map(\.verifier)
  }

  private static func key(_ json: JSONValue) -> Key? {
    if let use = json["use"], use.text != "sig" { return nil }
    if let uses = json["key_ops"]?.elements, !uses.contains("verify") { return nil }
    var algorithm: SignatureAlgorithm?
    if let name = json["alg"] {
      guard let known = name.text.flatMap(SignatureAlgorithm.init(rawValue:)) else { return nil }
      algorithm = known
    }
    guard let verifier = verifier(json) else { return nil }
    return Key(id: json["kid"]?.text, algorithm: algorithm, verifier: verifier)
  }

  private static func verifier(_ json: JSONValue) -> SignatureVerifier? {
    func number(_ name: String) -> [UInt8]? { json[name]?.text.flatMap(Base64URL.decode) }
    switch json["kty"]?.text {
    case "RSA":
      guard let modulus = number("n"), let exponent = number("e") else { return nil }
      return try? SignatureVerifier(modulus: modulus, exponent: exponent)
    case "EC":
      guard let curve = json["crv"]?.text.flatMap(SignatureCurve.init(rawValue:)),
        let x = number("x"), let y = number("y")
      else { return nil }
      return try? SignatureVerifier(curve: curve, x: x, y: y)
    default: return nil
    }
  }
}
