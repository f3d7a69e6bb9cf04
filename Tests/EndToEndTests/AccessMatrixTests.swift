import AspenAPI
import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Testing

/// Operation × caller × place of the object, all of them, at a live controller. What is right comes from
/// the API's declaration; there are no exceptions.
@Suite("Authorization matrix")
struct AccessMatrixTests {
  /// What every caller sends to prove itself.
  private struct Proofs {
    var headers: [MatrixCaller: HTTPHeaders] = [:]
    var link = ""
    /// The name of an operation.
    var operation = ""
    /// The name of the controller.
    var controller = ""
  }

  @Test("every operation answers every caller as its declaration says, on every door")
  func matrix() async throws {
    try await withController { system in
      try await furnish(system)
      let proofs = try await proofs(system)
      var wrong: [String] = []
      var count = 0
      for operation in APIOperations.all where !Self.endsOwnSession(operation) {
        for place in Self.places(of: operation) {
          for caller in MatrixCaller.allCases {
            let verdict = MatrixVerdict.of(operation, caller, isInside: place == "in")
            let status = try await ask(system, operation, place, caller, proofs)
            count += 1
            if !verdict.fits(status) {
              wrong.append(
                "\(operation.id) \(place) as \(caller.rawValue): \(status), not "
                  + verdict.rawValue)
            }
          }
        }
      }
      #expect(wrong == [])
      #expect(count > APIOperations.all.count * MatrixCaller.allCases.count / 2)
    }
  }

  /// Signing out takes away the proof that later requests need; it has a test of its own.
  private static func endsOwnSession(_ operation: APIOperation) -> Bool {
    operation == APIOperations.sessionDelete
  }

  /// Objects inside and outside the scope, where the operation has an object of a camera.
  private static func places(of operation: APIOperation) -> [String] {
    guard case .role(_, .camera) = operation.access, operation.path.contains("{") else {
      return ["in"]
    }
    return ["in", "out"]
  }

  private func furnish(_ system: AspenSystem) async throws {
    for place in ["in", "out"] {
      let made = try await system.post(
        "/v1/apply",
        """
        {"documents":[{"kind":"site","name":"\(place)","spec":{}},
          {"kind":"user","name":"\(place)","spec":{"password":"a long password"}},
          {"kind":"role_binding","name":"\(place)",
           "spec":{"subject":{"kind":"user","name":"\(place)"},"role":"admin"}},
          {"kind":"camera","name":"\(place)","labels":{"site":"\(place)"},
           "spec":{"address":"rtsp://10.0.0.1/a"}},
          {"kind":"stream","name":"\(place)","spec":{"camera":"\(place)"}}]}
        """)
      try #require(made.status == 200, "\(made.json.serializedText)")
    }
    for path in ["/v1/tokens", "/v1/join-tokens"] {
      let spec = path == "/v1/tokens" ? #"{"role":"viewer"}"# : "{}"
      let made = try await system.post(path, #"{"name":"in","spec":\#(spec)}"#)
      try #require(made.status == 201)
    }
    // Its streams are outside: what a drained worker would be is not the matrix's business.
    try await system.startWorker("in")
    for place in ["in", "out"] {
      try await waitUntil("the placement") {
        try await system.get("/v1/assignments/\(place)").status == 200
      }
    }
  }

  private func proofs(_ system: AspenSystem) async throws -> Proofs {
    var proofs = Proofs()
    func bearer(_ caller: MatrixCaller, _ token: String) {
      proofs.headers[caller] = ["Authorization": "Bearer \(token)"]
    }
    bearer(.unknownToken, "aspen_op_unknown")
    bearer(.revokedToken, try await system.makeToken("revoked", "admin"))
    _ = try await system.delete("/v1/tokens/revoked")
    bearer(.viewer, try await system.makeToken("viewer", "viewer"))
    bearer(.operator, try await system.makeToken("an-operator", "operator"))
    bearer(.admin, system.token)
    let scope = "site=in"
    bearer(.scopedViewer, try await system.makeToken("s-viewer", "viewer", selector: scope))
    bearer(.scopedOperator, try await system.makeToken("s-operator", "operator", selector: scope))
    bearer(.scopedAdmin, try await system.makeToken("s-admin", "admin", selector: scope))
    let join = try await system.post("/v1/join-tokens", #"{"name":"any","spec":{}}"#)
    let joinToken = try #require(join.json["token"]?.text)
    bearer(.joinToken, joinToken)
    let joined = try await system.send(
      "POST", "/v1/worker/join", body: Array(#"{"name":"matrix","capacity_streams":1}"#.utf8),
      token: joinToken)
    bearer(.worker, try #require(joined.json["credential"]?.text))
    let link = try await system.post(
      "/v1/view-links", #"{"stream":"in","expires_in_seconds":600}"#)
    proofs.link = try #require(link.json["token"]?.text)
    let sealing = try await system.send("POST", "/v1/secrets/reseal")
    proofs.operation = try #require(sealing.json["name"]?.text)
    try await waitUntil("the controller to be listed") {
      let listed = try await system.get("/v1/controllers").json["items"]?.elements?.first
      proofs.controller = listed?["name"]?.text ?? ""
      return listed != nil
    }
    let opened = try await system.send(
      "POST", "/v1/session", body: Array(#"{"username":"in","password":"a long password"}"#.utf8),
      token: "")
    let cookie = String(try #require(opened.headers["set-cookie"]).prefix { $0 != ";" })
    proofs.headers[.session] = ["Cookie": cookie, "Origin": system.address]
    proofs.headers[.foreignSession] = ["Cookie": cookie, "Origin": "http://evil.example"]
    return proofs
  }

  private func ask(
    _ system: AspenSystem, _ operation: APIOperation, _ place: String, _ caller: MatrixCaller,
    _ proofs: Proofs
  ) async throws -> Int {
    var path = operation.path
    let name =
      switch operation {
      case APIOperations.operationGet: proofs.operation
      case APIOperations.controllerGet: proofs.controller
      default: place
      }
    for parameter in ["name", "stream"] {
      path = path.replacing("{\(parameter)}", with: name)
    }
    var query: [String] = []
    if operation.isDryRunnable { query.append("dry_run=true") }
    if caller == .viewLink { query.append("view=\(proofs.link)") }
    if operation == APIOperations.framesWatch { query.append("streams=\(place)") }
    // A door that takes no view link does not know the parameter either, which must not hide the 401.
    if !query.isEmpty { path += "?" + query.joined(separator: "&") }
    var headers = proofs.headers[caller] ?? [:]
    if operation.needsIfMatch { headers.add("If-Match", "*") }
    // What stays open would keep the test waiting: HEAD has the same door.
    let stays = operation == APIOperations.changeWatch
    let answer = try await system.send(
      stays ? "HEAD" : operation.method, path,
      body: Self.body(of: operation).map { Array($0.utf8) }, token: "", headers: headers)
    return answer.status
  }

  private static func body(of operation: APIOperation) -> String? {
    if let body = bodies[operation.id] { return body }
    if operation.id.hasSuffix("_revert") { return #"{"generation":1}"# }
    return operation.method == "PATCH" ? "{}" : nil
  }

  /// Bodies that are not refused before access is looked at; most need none, since a door is closed or
  /// open before the body is read.
  private static let bodies: [String: String] = [
    "camera_create":
      #"{"name":"new","labels":{"site":"in"},"spec":{"address":"rtsp://10.0.0.1/n"}}"#,
    "stream_create": #"{"name":"new","spec":{"camera":"in"}}"#,
    "view_link_create": #"{"stream":"in","expires_in_seconds":60}"#,
    "resource_apply": #"{"documents":[]}"#,
    "resource_plan": #"{"documents":[]}"#,
    "session_create": #"{}"#,
    "setup_complete": #"{}"#,
  ]
}
