import AspenModel
import Testing

@Suite("Specs of tokens, role bindings, users, sites and workers")
struct ResourceSpecTests {
  /// 2026-01-31T12:00:00Z
  private let now = Timestamp(microseconds: 1_769_860_800_000_000)

  private func fields(
    _ text: String, _ read: (JSONValue) throws(ValidationError) -> Void
  ) throws -> [String] {
    let document = try json(text)
    return violations { () throws(ValidationError) in try read(document) }.map(\.field)
  }

  @Test("a stored spec reads back as itself")
  func roundTrips() throws {
    let selector = try LabelSelector(parsing: "site=yard,!private")
    let site = try ObjectName("hq")
    let token = TokenSpec(role: .operator, selector: selector, expiresAt: now)
    #expect(try TokenSpec(json: token.json) == token)
    let everyCamera = TokenSpec(role: .viewer, selector: .everything)
    #expect(try TokenSpec(json: everyCamera.json) == everyCamera)
    let binding = RoleBindingSpec(
      subject: RoleSubject(kind: .oidcGroup, name: "Night shift / north"), role: .viewer,
      selector: selector)
    #expect(try RoleBindingSpec(json: binding.json) == binding)
    let user = UserSpec(displayName: "Ada L.", isDisabled: true)
    #expect(try UserSpecInput(json: user.json).spec == user)
    let place = SiteSpec(description: "Head office", placement: .pack)
    #expect(try SiteSpec(json: place.json) == place)
    let worker = WorkerSpec(
      isCordoned: true, isDraining: true, site: site, cpuMillicores: 8000, memoryMiB: 4096)
    #expect(try WorkerSpec(json: worker.json) == worker)
    let join = JoinTokenSpec(uses: 3, expiresAt: now, site: site)
    #expect(try JoinTokenSpec(json: join.json) == join)
  }

  @Test("an empty object is the least that a spec says")
  func defaults() throws {
    #expect(try UserSpecInput(json: [:]).spec == UserSpec())
    #expect(try SiteSpec(json: [:]) == SiteSpec())
    #expect(try WorkerSpec(json: [:]) == WorkerSpec())
    #expect(try JoinTokenSpec(json: [:]) == JoinTokenSpec())
    #expect(
      try fields("{}") { json throws(ValidationError) in _ = try TokenSpec(json: json) } == [
        "/spec/role"
      ])
  }

  @Test("seconds until expiry prevail over a stored time, and only a sender may give them")
  func expiry() throws {
    let both = try json(
      #"{"role":"viewer","expires_at":"2020-01-01T00:00:00Z","expires_in_seconds":90}"#)
    let spec = try TokenSpec(json: both, now: now)
    #expect(spec.expiresAt?.text == "2026-01-31T12:01:30.000Z")
    #expect(
      violations { () throws(ValidationError) in _ = try TokenSpec(json: both) }.map(\.field)
        == ["/spec/expires_in_seconds"])
    let join = try JoinTokenSpec(json: json(#"{"expires_in_seconds":1}"#), now: now)
    #expect(join.expiresAt?.text == "2026-01-31T12:00:01.000Z")
    let fine = try TokenSpec(
      json: json(#"{"role":"admin","expires_at":"2026-01-31T12:00:00.123456Z"}"#))
    #expect(try TokenSpec(json: fine.json) == fine)
  }

  @Test("a password is read, is not in the stored spec, and has a length within its range")
  func password() throws {
    let input = try UserSpecInput(json: json(#"{"password":"correct horse"}"#))
    #expect(input.password == Secret("correct horse"))
    #expect(!input.spec.json.serializedText.contains("horse"))
    let long = String(repeating: "p", count: 257)
    for password in ["", "seven77", long] {
      let found = try fields("{\"password\":\"\(password)\"}") { json throws(ValidationError) in
        _ = try UserSpecInput(json: json)
      }
      #expect(found == ["/spec/password"])
    }
  }

  @Test("everything wrong is reported at once, by field")
  func wrong() throws {
    #expect(
      try fields(#"{"role":"root","selector":"(","expires_at":"soon","x":1}"#) {
        json throws(ValidationError) in _ = try TokenSpec(json: json)
      } == ["/spec/selector", "/spec/expires_at", "/spec/role", "/spec/x"])
    #expect(
      try fields(#"{"subject":{"kind":"user","name":"No Name"},"role":"viewer"}"#) {
        json throws(ValidationError) in _ = try RoleBindingSpec(json: json)
      } == ["/spec/subject/name"])
    #expect(
      try fields(#"{"subject":{"kind":"robot"}}"#) { json throws(ValidationError) in
        _ = try RoleBindingSpec(json: json)
      } == ["/spec/role", "/spec/subject/kind", "/spec/subject/name"])
    #expect(
      try fields(#"{"subject":{"kind":"oidc_subject","name":""},"role":"viewer"}"#) {
        json throws(ValidationError) in _ = try RoleBindingSpec(json: json)
      } == ["/spec/subject/name"])
    #expect(
      try fields(#"{"cordoned":"yes","site":"A"}"#) { json throws(ValidationError) in
        _ = try WorkerSpec(json: json)
      } == ["/spec/cordoned", "/spec/site"])
    #expect(
      try fields(#"{"uses":0,"expires_in_seconds":"x"}"#) { json throws(ValidationError) in
        _ = try JoinTokenSpec(json: json, now: now)
      } == ["/spec/uses", "/spec/expires_in_seconds"])
  }

  @Test("a camera may name its site")
  func cameraSite() throws {
    for text in [
      #"{"address":"rtsp://h/x","site":"hq"}"#, #"{"type":"file","path":"a.mp4","site":"hq"}"#,
    ] {
      let spec = try CameraSpecInput(json: json(text)).spec
      #expect(spec.site?.text == "hq")
      #expect(try CameraSpecInput(json: spec.json).spec == spec)
    }
    #expect(
      try fields(#"{"address":"rtsp://h","site":"H Q"}"#) { json throws(ValidationError) in
        _ = try CameraSpecInput(json: json)
      } == ["/spec/site"])
  }
}
