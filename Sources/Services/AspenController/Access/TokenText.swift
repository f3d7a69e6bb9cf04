import AspenCrypto
import AspenModel

/// A bearer token as text: a prefix that says what it is for, then 256 random bits.
enum TokenText {
  static let operatorPrefix = "aspen_op_"
  static let joinPrefix = "aspen_join_"
  static let workerPrefix = "aspen_worker_"
  static let sessionPrefix = "aspen_session_"
  static let setupPrefix = "aspen_setup_"

  /// The longest text that is looked at.
  static let maxBytes = 256

  /// A new token with `prefix`.
  static func make(prefix: String) -> Secret {
    Secret(prefix + Base64URL.encode(RandomBytes.generate(32)))
  }

  /// What is stored instead of a token: SHA-256 of its text. Enough for 256 random bits.
  static func digest(of text: String) -> [UInt8] {
    SHA256.hash(Array(text.utf8))
  }
}

/// The two parts of a join token: `aspen_join_<public id>_<secret>`.
struct JoinTokenText {
  let publicID: String
  let secret: String

  /// A new token: 48 bits to find its row, 256 to prove it.
  static func make() -> JoinTokenText {
    let id = RandomBytes.generate(6).map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count < 2 ? "0" + digits : digits
    }
    return JoinTokenText(
      publicID: id.joined(), secret: Base64URL.encode(RandomBytes.generate(32)))
  }

  /// Splits a token's text; nil if it is none.
  init?(parsing text: String) {
    guard text.utf8.count <= TokenText.maxBytes, text.hasPrefix(TokenText.joinPrefix) else {
      return nil
    }
    let parts = text.dropFirst(TokenText.joinPrefix.count)
      .split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(publicID: String(parts[0]), secret: String(parts[1]))
  }

  private init(publicID: String, secret: String) {
    self.publicID = publicID
    self.secret = secret
  }

  /// The whole token.
  var token: Secret { Secret("\(TokenText.joinPrefix)\(publicID)_\(secret)") }

  /// What is stored.
  var digest: [UInt8] { TokenText.digest(of: secret) }
}
