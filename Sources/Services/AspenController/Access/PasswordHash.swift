import AspenCrypto
import AspenModel

/// A password as it is stored: `scrypt$ln=15,r=8,p=1$SALT$HASH`, the last two in base64url.
struct PasswordHash: Sendable, Hashable {
  /// What one check costs: memory of 128·2^ln·r bytes, p times.
  struct Cost: Sendable, Hashable {
    var ln = 15
    var r = 8
    var p = 1

    /// 32 MiB and about a tenth of a second.
    static let current = Cost()

    /// A stored cost is refused above this, so that a changed row cannot stop the process.
    fileprivate var isSane: Bool {
      (1...18).contains(ln) && (1...16).contains(r) && (1...4).contains(p)
        && (128 * r) << ln <= 128 << 20
    }
  }

  let cost: Cost
  let salt: [UInt8]
  let hash: [UInt8]

  static let saltBytes = 16
  static let hashBytes = 32

  /// The longest text that is read.
  static let maxTextBytes = 256

  /// Hashes a password. Blocks for a good part of a second.
  init(of password: Secret, salt: [UInt8], cost: Cost) throws(CryptoError) {
    self.cost = cost
    self.salt = salt
    hash = try Self.derive(password, salt, cost, Self.hashBytes)
  }

  /// Reads a stored text; nil if it is none, or its costs are beyond all reason.
  init?(parsing text: String) {
    guard text.utf8.count <= Self.maxTextBytes else { return nil }
    let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == "scrypt", let cost = Self.cost(parts[1]), cost.isSane,
      let salt = Base64URL.decode(parts[2]), (8...64).contains(salt.count),
      let hash = Base64URL.decode(parts[3]), (16...64).contains(hash.count)
    else { return nil }
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// The text that is stored.
  var text: String {
    "scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)"
      + "$\(Base64URL.encode(salt))$\(Base64URL.encode(hash))"
  }

  /// Whether this is the password. Blocks for a good part of a second.
  func matches(_ password: Secret) throws(CryptoError) -> Bool {
    ConstantTime.equal(try Self.derive(password, salt, cost, hash.count), hash)
  }

  private static func derive(
    _ password: Secret, _ salt: [UInt8], _ cost: Cost, _ length: Int
  ) throws(CryptoError) -> [UInt8] {
    try Scrypt.derive(
      password: Array(password.revealed.utf8), salt: salt, n: 1 << cost.ln, r: cost.r, p: cost.p,
      length: length)
  }

  private static func cost(_ text: String) -> Cost? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    func number(_ part: Substring, _ name: String) -> Int? {
      guard part.hasPrefix(name + "=") else { return nil }
      let digits = part.dropFirst(name.utf8.count + 1)
      guard (1...3).contains(digits.utf8.count),
        digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      return Int(digits)
    }
    guard let ln = number(parts[0], "ln"), let r = number(parts[1], "r"),
      let p = number(parts[2], "p")
    else { return nil }
    return Cost(ln: ln, r: r, p: p)
  }
}
