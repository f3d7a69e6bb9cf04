import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenNet
import AspenTestSupport
import AspenWebSocket
import AspenWire
import Testing

/// Who may do what at a live controller.
@Suite("Access")
struct AccessTests {
  private func cameras(_ system: AspenSystem) async throws {
    for (name, site) in [("yard", "north"), ("hall", "south")] {
      let made = try await system.post(
        "/v1/cameras",
        """
        {"name":"\(name)","labels":{"site":"\(site)"},"spec":{"address":"rtsp://10.0.0.1/\(name)"}}
        """)
      #expect(made.status == 201)
    }
  }

  @Test("a token for some cameras sees and changes these and nothing else")
  func scopes() async throws {
    try await withController { system in
      try await cameras(system)
      let token = try await system.makeToken("north", "operator", selector: "site=north")
      func get(_ path: String) async throws -> AspenSystem.Answer {
        try await system.send("GET", path, token: token)
      }
      for path in ["/v1/cameras", "/v1/streams"] {
        let items = try await get(path).json["items"]?.elements ?? []
        #expect(items.compactMap { $0["name"]?.text } == ["yard"])
      }
      #expect(try await get("/v1/cameras/yard").status == 200)
      for path in [
        "/v1/cameras/hall", "/v1/streams/hall", "/v1/cameras/hall/history",
        "/v1/streams/hall/explain", "/v1/assignments/hall", "/v1/streams/hall/frames",
        "/v1/frames?streams=hall",
      ] {
        #expect(try await get(path).status == 404, "\(path)")
      }
      for path in ["/v1/workers", "/v1/tokens", "/v1/audit-entries", "/v1/sites", "/v1/logs"] {
        #expect(try await get(path).status == 403, "\(path)")
      }
      func patch(_ path: String, _ body: String) async throws -> Int {
        try await system.send(
          "PATCH", path, body: Array(body.utf8), token: token, ifMatch: "*"
        ).status
      }
      #expect(try await patch("/v1/cameras/yard", #"{"spec":{"transport":"udp"}}"#) == 200)
      #expect(try await patch("/v1/cameras/yard", #"{"labels":{"site":"south"}}"#) == 403)
      #expect(try await patch("/v1/cameras/hall", #"{"labels":{"site":"north"}}"#) == 404)
      let stray = try await system.send(
        "POST", "/v1/cameras",
        body: Array(#"{"name":"new","spec":{"address":"rtsp://10.0.0.1/n"}}"#.utf8), token: token)
      #expect(stray.status == 403)
      let stream = try await system.send(
        "POST", "/v1/streams", body: Array(#"{"name":"s","spec":{"camera":"hall"}}"#.utf8),
        token: token)
      #expect(stream.status == 400)
      let apply = try await system.send(
        "POST", "/v1/apply",
        body: Array(
          #"{"documents":[{"kind":"camera","name":"hall","spec":{"address":"rtsp://h/"}}]}"#.utf8),
        token: token)
      #expect([403, 404].contains(apply.status))
    }
  }

  @Test("a token that was revoked or has expired opens nothing")
  func revoked() async throws {
    try await withController { system in
      let token = try await system.makeToken("short", "viewer")
      #expect(try await system.send("GET", "/v1/cameras", token: token).status == 200)
      #expect(try await system.delete("/v1/tokens/short").status == 204)
      #expect(try await system.send("GET", "/v1/cameras", token: token).status == 401)
      let past = try await system.post(
        "/v1/tokens",
        #"{"name":"past","spec":{"role":"viewer","expires_at":"2020-01-01T00:00:00Z"}}"#)
      #expect(past.status == 400)
    }
  }

  @Test("a viewer's open connection ends when its token is revoked, and others stay")
  func revokedWhileOpen() async throws {
    try await withController { system in
      try await cameras(system)
      let path = "/v1/streams/yard/frames"
      try await withLoops(1) { loops in
        func open(_ token: String) async throws -> Collected<UInt16?> {
          let connection = try await WebSocketClient.connect(
            url: try HTTPURL(system.address.replacing("http://", with: "ws://") + path),
            headers: ["Authorization": "Bearer \(token)"], subprotocols: [WireProtocol.frames],
            on: loops[0])
          let closed = Collected<UInt16?>(nil)
          try await loops[0].run {
            connection.onClose = { code, _ in closed.update { $0 = code } }
            connection.start()
          }
          return closed
        }
        let leaving = try await system.makeToken("leaving", "viewer")
        let revoked = [try await open(leaving), try await open(leaving)]
        let staying = try await open(system.token)
        #expect(try await system.delete("/v1/tokens/leaving").status == 204)
        try await waitUntil("the end of both") { revoked.allSatisfy { $0.value == 1008 } }
        #expect(staying.value == nil)
      }
    }
  }

  @Test("the first administrator is made once, with the token that was printed, and signs in")
  func setup() async throws {
    try await withController { system in
      let line = try await system.controller.line(containing: "first administrator: ")
      let token = try #require(line.split(separator: "=").last.map(String.init))
      let body = { (password: String) in
        Array(
          #"{"token":"\#(token)","username":"ann","password":"\#(password)"}"#.utf8)
      }
      let weak = try await system.send("POST", "/v1/setup", body: body("short"), token: "")
      #expect(weak.status == 400)
      #expect(weak.json["errors"]?.elements?.first?["field"]?.text == "/password")
      let made = try await system.send(
        "POST", "/v1/setup", body: body("correct horse battery"), token: "")
      #expect(made.status == 201, "\(made.json.serializedText)")
      #expect(
        try await system.send(
          "POST", "/v1/setup", body: body("correct horse battery"), token: ""
        ).status == 401)

      let wrong = try await login(system, "ann", "wrong horse battery")
      #expect(wrong.status == 401)
      let right = try await login(system, "ann", "correct horse battery")
      #expect(right.status == 201)
      let set = try #require(right.headers["set-cookie"])
      #expect(set.contains("HttpOnly") && set.contains("SameSite=Strict"))
      let cookie = String(set.prefix { $0 != ";" })
      let me = try await system.send(
        "GET", "/v1/session", token: "", headers: ["Cookie": cookie])
      #expect(me.json["subject"] == ["kind": "user", "name": "ann"])
      #expect(me.json["grants"]?.elements?.first?["role"]?.text == "admin")

      let camera = Array(#"{"name":"yard","spec":{"address":"rtsp://10.0.0.1/a"}}"#.utf8)
      let foreign = try await system.send(
        "POST", "/v1/cameras", body: camera, token: "",
        headers: ["Cookie": cookie, "Origin": "http://evil.example"])
      #expect(foreign.status == 403)
      let own = try await system.send(
        "POST", "/v1/cameras", body: camera, token: "",
        headers: ["Cookie": cookie, "Origin": system.address])
      #expect(own.status == 201)

      let out = try await system.send(
        "DELETE", "/v1/session", token: "", headers: ["Cookie": cookie, "Origin": system.address])
      #expect(out.status == 204)
      let after = try await system.send(
        "GET", "/v1/session", token: "", headers: ["Cookie": cookie])
      #expect(after.status == 401)
    }
  }

  @Test("a user has the roles of its bindings, and none when they are gone")
  func bindings() async throws {
    try await withController { system in
      try await cameras(system)
      let user = try await system.post(
        "/v1/users", #"{"name":"bob","spec":{"password":"a long enough one"}}"#)
      #expect(user.status == 201)
      #expect(!user.json.serializedText.contains("long enough"))
      let opened = try await login(system, "bob", "a long enough one")
      let cookie = String(try #require(opened.headers["set-cookie"]).prefix { $0 != ";" })
      func list() async throws -> AspenSystem.Answer {
        try await system.send("GET", "/v1/cameras", token: "", headers: ["Cookie": cookie])
      }
      #expect(try await list().status == 403)
      let bound = try await system.post(
        "/v1/role-bindings",
        """
        {"name":"bob-north","spec":{"subject":{"kind":"user","name":"bob"},"role":"viewer",
         "selector":"site=north"}}
        """)
      #expect(bound.status == 201, "\(bound.json.serializedText)")
      #expect(try await list().json["items"]?.elements?.count == 1)
      #expect(try await system.delete("/v1/role-bindings/bob-north").status == 204)
      #expect(try await list().status == 403)
      _ = try await system.patch("/v1/users/bob", #"{"spec":{"disabled":true}}"#)
      #expect(try await list().status == 401)
      #expect(try await login(system, "bob", "a long enough one").status == 401)
    }
  }

  @Test("a view link opens one stream's frames and nothing else")
  func viewLinks() async throws {
    try await withController { system in
      try await cameras(system)
      let made = try await system.post(
        "/v1/view-links", #"{"stream":"yard","expires_in_seconds":60}"#)
      #expect(made.status == 201, "\(made.json.serializedText)")
      let link = try #require(made.json["token"]?.text)
      // Not a WebSocket: access is granted, the upgrade is missing.
      func status(_ path: String) async throws -> Int {
        try await system.send("GET", path, token: "").status
      }
      let door = try await system.send("GET", "/v1/streams/yard/frames").status
      #expect(try await status("/v1/streams/yard/frames?view=\(link)") == door)
      #expect(try await status("/v1/streams/hall/frames?view=\(link)") == 404)
      #expect(try await status("/v1/streams/yard/frames?view=\(link)x") == 401)
      #expect(try await status("/v1/streams/yard?view=\(link)") == 401)
      #expect(try await status("/v1/streams/yard/frames") == 401)
    }
  }

  @Test(
    "every change is in the audit with who, what, before and after, and the audit cannot change")
  func audit() async throws {
    try await withController { system in
      _ = try await system.post(
        "/v1/cameras",
        #"{"name":"yard","spec":{"address":"rtsp://10.0.0.1/a","username":"u","password":"s3cr3t"}}"#
      )
      _ = try await system.patch("/v1/cameras/yard", #"{"spec":{"transport":"udp"}}"#)
      let viewer = try await system.makeToken("viewer", "viewer")
      #expect(
        try await system.send(
          "DELETE", "/v1/cameras/yard", token: viewer, ifMatch: "*"
        ).status == 403)
      let all = try await system.get("/v1/audit-entries").json["items"]?.elements ?? []
      #expect(!all.contains { $0.serializedText.contains("s3cr3t") })
      let changes = try await system.get("/v1/audit-entries?kind=camera&name=yard").json["items"]
      let update = try #require(changes?.elements?.first)
      #expect(update["operation"]?.text == "camera_update")
      #expect(update["actor"] == ["kind": "token", "name": "operator"])
      #expect(update["before"]?["spec"]?["transport"]?.text == "tcp")
      #expect(update["after"]?["spec"]?["transport"]?.text == "udp")
      #expect(update["address"]?.text == "127.0.0.1")
      #expect(
        all.contains { $0["outcome"]?.text == "refused" && $0["actor"]?["name"]?.text == "viewer" })
    }
  }

  @Test("an address that sends too many wrong tokens has to wait")
  func limits() async throws {
    try await withTestDatabase { database in
      let system = try await AspenSystem(databaseURL: database.url, flags: ["--rate-limits"])
      var statuses: [Int] = []
      for index in 0..<40 {
        let answer = try await system.send("GET", "/v1/cameras", token: "aspen_op_\(index)")
        statuses.append(answer.status)
        if answer.status == 429 { #expect(answer.headers["retry-after"] != nil) }
      }
      #expect(statuses.first == 401)
      #expect(statuses.last == 429)
      await system.stop()
    }
  }

  private func login(
    _ system: AspenSystem, _ user: String, _ password: String
  ) async throws -> AspenSystem.Answer {
    try await system.send(
      "POST", "/v1/session",
      body: Array(#"{"username":"\#(user)","password":"\#(password)"}"#.utf8), token: "")
  }
}
