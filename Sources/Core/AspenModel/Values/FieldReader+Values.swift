/// Fields that are values of the model. Each records what is wrong and reads as nil then.
extension FieldReader {
  /// The name of another resource.
  mutating func objectName(_ name: String) -> ObjectName? {
    guard let text = text(name) else { return nil }
    let pointer = pointer(name)
    return parsed(name) { () throws(ValidationError) in try ObjectName(text, field: pointer) }
  }

  /// A label selector.
  mutating func selector(_ name: String) -> LabelSelector? {
    guard let text = text(name) else { return nil }
    let pointer = pointer(name)
    return parsed(name) { () throws(ValidationError) in
      try LabelSelector(parsing: text, field: pointer)
    }
  }

  /// The time `expires_at`. Who sends a spec may say `expires_in_seconds` instead, which prevails, so that a
  /// patch can renew what is stored; `now` is nil for a spec that is not just being sent.
  ///
  /// The time is cut to milliseconds, as it is written.
  mutating func expiry(now: Timestamp?) -> Timestamp? {
    var expiry: Timestamp?
    if let text = text("expires_at") {
      let pointer = pointer("expires_at")
      expiry = parsed("expires_at") { () throws(ValidationError) in
        try Timestamp(rfc3339: text, field: pointer)
      }
    }
    if let now, let seconds = wholeNumber("expires_in_seconds", in: 1...Self.maxExpirySeconds) {
      expiry = Timestamp(microseconds: now.microseconds + seconds * 1_000_000)
    }
    return expiry.map { Timestamp(microseconds: $0.microseconds / 1000 * 1000) }
  }

  /// Ten years: longer is better said as no expiry at all.
  private static let maxExpirySeconds: Int64 = 315_360_000
}
