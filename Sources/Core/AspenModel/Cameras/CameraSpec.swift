/// How RTP packets of an RTSP camera travel.
package enum CameraTransport: String, Sendable, Hashable, CaseIterable {
  /// Inside the RTSP connection (RFC 2326 10.12). Works through firewalls; the default.
  case tcp
  /// In datagrams of their own.
  case udp
  /// TCP, and UDP if the camera refuses TCP.
  case automatic
}

/// Where a camera's pictures come from.
package enum CameraSource: Sendable, Hashable {
  case rtsp(RTSPAddress, CameraTransport)
  /// A looped video file on the worker.
  case file(MediaFilePath)
}

/// What a user says of a camera. Its password is kept apart (`Credentials`).
package struct CameraSpec: Sendable, Hashable {
  package let source: CameraSource
  /// The user name, shown; the password never is.
  package let username: String?
  /// The name of the site that the camera is at.
  package let site: ObjectName?
  /// The camera serves one RTSP session at a time, so that no second worker can connect before the first
  /// has let go.
  package let isSingleSession: Bool

  /// A spec of its parts.
  package init(
    source: CameraSource, username: String?, site: ObjectName? = nil, isSingleSession: Bool = false
  ) {
    self.source = source
    self.username = username
    self.site = site
    self.isSingleSession = isSingleSession
  }

  /// The address as shown to people and in status.
  package var address: String {
    switch source {
    case .rtsp(let address, _): address.description
    case .file(let path): path.text
    }
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    switch source {
    case .rtsp(let address, let transport):
      .object(compacting: [
        ("type", "rtsp"), ("address", .string(address.description)),
        ("transport", .string(transport.rawValue)), ("username", username.map { .string($0) }),
        ("site", site.map { .string($0.text) }), ("single_session", isSingleSession ? true : nil),
      ])
    case .file(let path):
      .object(compacting: [
        ("type", "file"), ("path", .string(path.text)), ("site", site.map { .string($0.text) }),
      ])
    }
  }
}

/// A camera's spec as a user sends it, and the password that came with it.
package struct CameraSpecInput: Sendable, Hashable {
  package let spec: CameraSpec
  /// Nil leaves a stored password as it is.
  package let password: Secret?

  /// Reads a spec strictly. `password` may be written; it never comes back.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    let result = try FieldReader.read(json, at: path) { fields in Self.read(&fields) }
    guard let result else { throw ValidationError(path, "is not complete") }
    self = result
  }

  private enum SourceType: String, CaseIterable { case rtsp, file }

  private init(spec: CameraSpec, password: Secret?) {
    self.spec = spec
    self.password = password
  }

  private static func read(_ fields: inout FieldReader) -> CameraSpecInput? {
    let isTyped = fields.value("type") != nil
    guard let type = isTyped ? fields.choice("type", of: SourceType.self) : .rtsp else {
      for name in [
        "address", "path", "transport", "username", "password", "site", "single_session",
      ] {
        _ = fields.value(name)
      }
      return nil
    }
    switch type {
    case .rtsp: return readRTSP(&fields)
    case .file: return readFile(&fields)
    }
  }

  private static func readRTSP(_ fields: inout FieldReader) -> CameraSpecInput? {
    let site = fields.objectName("site")
    let isSingleSession = fields.flag("single_session") ?? false
    let transport = fields.choice("transport", of: CameraTransport.self) ?? .tcp
    let username = fields.text("username", maxBytes: Credentials.maxUsernameBytes)
    let password = fields.text("password", maxBytes: Credentials.maxPasswordBytes)
      .map { Secret($0) }
    if let username, !Credentials.isUsername(username) {
      fields.refuse("username", "must not be empty or contain ':'")
    }
    guard let text = fields.requiredText("address") else { return nil }
    let pointer = fields.pointer("address")
    let parsed = fields.parsed("address") { () throws(ValidationError) in
      try RTSPAddress.parse(text, field: pointer)
    }
    guard let parsed else { return nil }
    if username != nil, parsed.credentials != nil {
      fields.refuse("username", "must not be given when the address holds a user")
    }
    if password != nil, username == nil {
      fields.refuse("password", "needs a username")
    }
    return CameraSpecInput(
      spec: CameraSpec(
        source: .rtsp(parsed.address, transport),
        username: username ?? parsed.credentials?.username, site: site,
        isSingleSession: isSingleSession),
      password: password ?? parsed.credentials?.password)
  }

  private static func readFile(_ fields: inout FieldReader) -> CameraSpecInput? {
    let site = fields.objectName("site")
    guard let text = fields.requiredText("path") else { return nil }
    let pointer = fields.pointer("path")
    let path = fields.parsed("path") { () throws(ValidationError) in
      try MediaFilePath(text, field: pointer)
    }
    guard let path else { return nil }
    return CameraSpecInput(
      spec: CameraSpec(source: .file(path), username: nil, site: site), password: nil)
  }
}
