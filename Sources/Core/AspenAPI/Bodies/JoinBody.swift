package import AspenModel

/// The body of a worker's join request.
package struct JoinBody: Sendable, Hashable {
  package let name: ObjectName
  package let labels: Labels
  package let capacityStreams: Int
  package let version: String
  /// What the worker is going to prove itself with; nil: the controller makes it. A worker that makes
  /// its own can repeat a join whose answer was lost.
  package let credential: Secret?

  private enum Limits {
    static let credentialPrefix = "aspen_worker_"
    /// 256 random bits in Base64 without padding.
    static let credentialDigits = 43
  }

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let body = try FieldReader.read(json) { fields -> JoinBody? in
      let capacity = fields.wholeNumber(
        "capacity_streams", in: 1...Int64(Worker.maxCapacityStreams))
      let version = fields.text("version", maxBytes: 64) ?? "unknown"
      let credential = fields.text("credential", maxBytes: 256)
      if let credential, !Self.isCredential(credential) {
        fields.refuse(
          "credential",
          "must be \(Limits.credentialPrefix) and \(Limits.credentialDigits) digits of Base64url")
      }
      var labels: Labels? = Labels()
      if let json = fields.value("labels") {
        labels = fields.parsed("labels") { () throws(ValidationError) in try Labels(json: json) }
      }
      guard let text = fields.requiredText("name") else { return nil }
      let name = fields.parsed("name") { () throws(ValidationError) in try ObjectName(text) }
      guard let name, let labels else { return nil }
      return JoinBody(
        name: name, labels: labels, capacityStreams: Int(capacity ?? 20), version: version,
        credential: credential.map { Secret($0) })
    }
    guard let body else { throw ValidationError("/", "is not complete") }
    self = body
  }

  private static func isCredential(_ text: String) -> Bool {
    let digits = text.dropFirst(Limits.credentialPrefix.count)
    return text.hasPrefix(Limits.credentialPrefix)
      && digits.utf8.count == Limits.credentialDigits
      && digits.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  private init(
    name: ObjectName, labels: Labels, capacityStreams: Int, version: String, credential: Secret?
  ) {
    self.name = name
    self.labels = labels
    self.capacityStreams = capacityStreams
    self.version = version
    self.credential = credential
  }
}
