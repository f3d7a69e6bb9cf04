import AspenModel

/// What passwords must be.
enum PasswordRules {
  /// Checks a new password of `userName`; the error names `field`.
  static func check(
    _ password: Secret, userName: String, field: String = "/password"
  ) throws(ValidationError) {
    let shortest = UserSpecInput.shortestPassword
    guard password.revealed.unicodeScalars.count >= shortest else {
      throw ValidationError(field, "must have at least \(shortest) characters")
    }
    guard password.revealed.utf8.count <= UserSpecInput.maxPasswordBytes else {
      throw ValidationError(field, "is longer than \(UserSpecInput.maxPasswordBytes) bytes")
    }
    if password.revealed.lowercased() == userName.lowercased() {
      throw ValidationError(field, "must not be the user's name")
    }
  }
}
