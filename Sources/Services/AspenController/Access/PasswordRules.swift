import AspenModel

/// What passwords must be.
enum PasswordRules {
  /// Shorter ones are guessed (NIST SP 800-63B asks for 8 at least); longer ones only cost time.
  static let bytes = 10...1024

  /// Checks a new password of `userName`; the error names `field`.
  static func check(
    _ password: Secret, userName: String, field: String = "/password"
  ) throws(ValidationError) {
    let count = password.revealed.utf8.count
    guard bytes.contains(count) else {
      throw ValidationError(
        field, "must have \(bytes.lowerBound) to \(bytes.upperBound) bytes, and has \(count)")
    }
    if password.revealed.lowercased() == userName.lowercased() {
      throw ValidationError(field, "must not be the user's name")
    }
  }
}
