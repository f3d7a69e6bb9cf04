import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Testing

/// What `/v1` promises to everybody who writes to it. The controller holds each of its answers against
/// the API's declaration.
@Suite("Contract")
struct ContractTests {
  private static let camera = #"{"name":"yard","spec":{"address":"rtsp://10.0.0.1/a"}}"#

  @Test("a change needs the version that was read, and one of two who read the same is refused")
  func versions() async throws {
    try await withController { system in
      let made = try await system.post("/v1/cameras", Self.camera)
      let tag = try #require(made.headers["etag"])
      let body = Array(#"{"labels":{"a":"b"}}"#.utf8)
      let blind = try await system.send("PATCH", "/v1/cameras/yard", body: body)
      #expect(blind.status == 428)
      #expect(blind.json["errors"]?.elements?.first?["field"]?.text == "If-Match")
      #expect(try await system.send("DELETE", "/v1/cameras/yard").status == 428)

      let first = try await system.patch(
        "/v1/cameras/yard", #"{"labels":{"who":"ann"}}"#, ifMatch: tag)
      #expect(first.status == 200)
      let second = try await system.patch(
        "/v1/cameras/yard", #"{"labels":{"who":"bob"}}"#, ifMatch: tag)
      #expect(second.status == 412)
      #expect(try await system.get("/v1/cameras/yard").json["labels"] == ["who": "ann"])
    }
  }

  @Test("a change that changes nothing leaves version and generation as they are")
  func idle() async throws {
    try await withController { system in
      let made = try await system.post("/v1/cameras", Self.camera)
      let same = try await system.patch(
        "/v1/cameras/yard", #"{"spec":{"address":"rtsp://10.0.0.1/a"}}"#)
      #expect(same.headers["etag"] == made.headers["etag"])
      #expect(same.json["generation"] == made.json["generation"])
    }
  }

  @Test("a repeated create with its key is carried out once, and answered as the first time")
  func idempotency() async throws {
    try await withController { system in
      let key: HTTPHeaders = ["Idempotency-Key": "k-1"]
      let body = Array(Self.camera.utf8)
      let first = try await system.send("POST", "/v1/cameras", body: body, headers: key)
      let again = try await system.send("POST", "/v1/cameras", body: body, headers: key)
      #expect(first.status == 201)
      #expect(again.status == 201)
      #expect(again.json == first.json)
      #expect(again.headers["etag"] == first.headers["etag"])
      #expect(again.headers["location"] == first.headers["location"])
      let other = try await system.send(
        "POST", "/v1/cameras",
        body: Array(#"{"name":"hall","spec":{"address":"rtsp://10.0.0.1/a"}}"#.utf8), headers: key)
      #expect(other.status == 422)
      let token = Array(#"{"name":"t","spec":{"role":"viewer"}}"#.utf8)
      let secret: HTTPHeaders = ["Idempotency-Key": "k-2"]
      let shown = try await system.send("POST", "/v1/tokens", body: token, headers: secret)
      let shownAgain = try await system.send("POST", "/v1/tokens", body: token, headers: secret)
      #expect(shown.json["token"]?.text != nil)
      #expect(shownAgain.json["token"] == shown.json["token"])
    }
  }

  @Test("a refused request with a key may be sent again with it")
  func idempotencyOfRefusals() async throws {
    try await withController { system in
      let key: HTTPHeaders = ["Idempotency-Key": "k-1"]
      let early = Array(#"{"name":"s","spec":{"camera":"yard"}}"#.utf8)
      let refused = try await system.send("POST", "/v1/streams", body: early, headers: key)
      #expect(refused.status == 400)
      #expect(
        try await system.post("/v1/cameras?default_stream=false", Self.camera).status == 201)
      let made = try await system.send("POST", "/v1/streams", body: early, headers: key)
      #expect(made.status == 201)
    }
  }

  @Test("a dry run answers as the change would, and changes nothing")
  func dryRun() async throws {
    try await withController { system in
      let shown = try await system.post("/v1/cameras?dry_run=true", Self.camera)
      #expect(shown.status == 201)
      #expect(shown.json["name"]?.text == "yard")
      #expect(try await system.get("/v1/cameras/yard").status == 404)
      #expect(try await system.get("/v1/streams/yard").status == 404)

      let made = try await system.post("/v1/cameras", Self.camera)
      let patched = try await system.patch(
        "/v1/cameras/yard?dry_run=true", #"{"spec":{"transport":"udp"}}"#)
      #expect(patched.json["spec"]?["transport"]?.text == "udp")
      #expect(try await system.delete("/v1/cameras/yard?dry_run=true").status == 204)
      let now = try await system.get("/v1/cameras/yard")
      #expect(now.headers["etag"] == made.headers["etag"])
      #expect(try await system.post("/v1/cameras?dry_run=true", Self.camera).status == 409)
      let entries = try await system.get("/v1/audit-entries?kind=camera").json["items"]
      #expect(entries?.elements?.count == 1)
    }
  }

  @Test("the history keeps every version and who made it, and a revert brings one back")
  func history() async throws {
    try await withController { system in
      _ = try await system.post("/v1/cameras", Self.camera)
      _ = try await system.patch("/v1/cameras/yard", #"{"spec":{"transport":"udp"}}"#)
      _ = try await system.patch("/v1/cameras/yard", #"{"labels":{"a":"b"}}"#)
      let history = try await system.get("/v1/cameras/yard/history").json["items"]?.elements ?? []
      #expect(history.count == 3)
      #expect(history.first?["labels"] == ["a": "b"])
      #expect(history.last?["generation"]?.wholeNumber == 1)
      #expect(history.last?["actor"] == ["kind": "token", "name": "operator"])

      let back = try await system.send(
        "POST", "/v1/cameras/yard/revert", body: Array(#"{"generation":1}"#.utf8), ifMatch: "*")
      #expect(back.status == 200)
      #expect(back.json["spec"]?["transport"]?.text == "tcp")
      #expect(back.json["labels"] == [:])
      #expect(back.json["generation"]?.wholeNumber == 3)
      let unknown = try await system.send(
        "POST", "/v1/cameras/yard/revert", body: Array(#"{"generation":99}"#.utf8), ifMatch: "*")
      #expect(unknown.status == 400)
    }
  }

  @Test("documents are applied all or none, and what differs is said")
  func apply() async throws {
    try await withController { system in
      let documents = """
        {"documents":[
          {"kind":"site","name":"hq","spec":{}},
          {"kind":"camera","name":"yard","labels":{"a":"b"},
           "spec":{"address":"rtsp://10.0.0.1/a","site":"hq"}},
          {"kind":"stream","name":"yard","spec":{"camera":"yard","max_fps":5}}]}
        """
      let made = try await system.post("/v1/apply", documents)
      #expect(made.status == 200, "\(made.json.serializedText)")
      #expect(actions(made.json) == ["created", "created", "created"])
      #expect(
        actions(try await system.post("/v1/apply", documents).json) == [
          "unchanged", "unchanged", "unchanged",
        ])
      let changed = documents.replacing("\"max_fps\":5", with: "\"max_fps\":9")
      let diff = try await system.post("/v1/apply?dry_run=true", changed).json
      #expect(actions(diff) == ["unchanged", "unchanged", "updated"])
      #expect(
        diff["results"]?.elements?.last?["changes"] == [
          ["after": 9, "before": 5, "field": "/spec/max_fps"]
        ])
      let broken = """
        {"documents":[{"kind":"site","name":"new","spec":{}},
          {"kind":"camera","name":"bad","spec":{"address":"exec:rm"}}]}
        """
      let refused = try await system.post("/v1/apply", broken)
      #expect(refused.status == 400)
      #expect(
        refused.json["errors"]?.elements?.first?["field"]?.text
          == "/documents/1/spec/address")
      #expect(try await system.get("/v1/sites/new").status == 404)
    }
  }

  @Test("a plan says where streams would go and keeps nothing")
  func plan() async throws {
    try await withController { system in
      try await system.startWorker("w1")
      let answer = try await system.post(
        "/v1/plan",
        """
        {"documents":[{"kind":"camera","name":"yard","spec":{"address":"rtsp://10.0.0.1/a"}},
          {"kind":"stream","name":"yard","spec":{"camera":"yard"}},
          {"kind":"stream","name":"gpu","spec":{"camera":"yard","require":"gpu=yes"}}]}
        """)
      #expect(answer.status == 200, "\(answer.json.serializedText)")
      let placement = answer.json["placements"]?.elements?.first
      #expect(placement?["stream"]?.text == "yard")
      #expect(placement?["to"]?.text == "w1")
      #expect(answer.json["unplaced"]?.elements?.first?["stream"]?.text == "gpu")
      #expect(try await system.get("/v1/streams").json["items"] == [])
    }
  }

  @Test("lists are filtered by fields, sorted, and cut to the members that are asked for")
  func lists() async throws {
    try await withController { system in
      for name in ["a", "b", "c"] {
        _ = try await system.post(
          "/v1/cameras",
          #"{"name":"\#(name)","spec":{"address":"rtsp://10.0.0.1/\#(name)"}}"#)
      }
      _ = try await system.patch("/v1/cameras/b", #"{"spec":{"transport":"udp"}}"#)
      let udp = try await system.get("/v1/cameras?filter=spec.transport%3Dudp&fields=name").json
      #expect(udp["items"] == [["name": "b"]])
      let names = { (json: JSONValue) in json["items"]?.elements?.compactMap { $0["name"]?.text } }
      #expect(
        names(try await system.get("/v1/cameras?filter=spec.transport!%3Dudp").json) == ["a", "c"])
      #expect(names(try await system.get("/v1/cameras?sort=-name").json) == ["c", "b", "a"])
      #expect(names(try await system.get("/v1/cameras?sort=-updated_at").json) == ["b", "c", "a"])
      let page = try await system.get("/v1/cameras?sort=-updated_at&limit=2").json
      let cursor = try #require(page["next_cursor"]?.text)
      #expect(
        names(try await system.get("/v1/cameras?sort=-updated_at&limit=2&cursor=\(cursor)").json)
          == ["a"])
      #expect(try await system.get("/v1/cameras?sort=name&cursor=\(cursor)").status == 400)
      #expect(try await system.get("/v1/cameras?filter=name").status == 400)
      let long = String(repeating: "a", count: 1_025)
      for query in ["filter=spec.site%3D\(long)", "selector=\(long)", "fields=\(long)"] {
        #expect(try await system.get("/v1/cameras?\(query)").status == 400, "\(query)")
      }
      let audit = try await system.get("/v1/audit-entries?operation=\(long)")
      #expect(audit.json["errors"]?.elements?.first?["field"]?.text == "operation")
      #expect(
        try await system.get("/v1/cameras/a?fields=spec.address").json == [
          "spec": ["address": "rtsp://10.0.0.1/a"]
        ])
    }
  }

  @Test("a camera whose stream runs is deleted when the stream has stopped")
  func gracefulDeletion() async throws {
    try await withController { system in
      try await system.startWorker("w1")
      _ = try await system.post("/v1/cameras", Self.camera)
      try await waitUntil("the placement") {
        try await system.get("/v1/assignments/yard").status == 200
      }
      let ending = try await system.delete("/v1/cameras/yard")
      #expect(ending.status == 202)
      #expect(ending.json["deletion_requested_at"]?.text != nil)
      try await waitUntil("the camera to be gone") {
        try await system.get("/v1/cameras/yard").status == 404
      }
      #expect(try await system.get("/v1/streams/yard").status == 404)
    }
  }

  @Test("a drain is an operation that ends when the worker's streams have moved")
  func drain() async throws {
    try await withController { system in
      try await system.startWorker("w1")
      _ = try await system.post("/v1/cameras", Self.camera)
      try await waitUntil("the placement") {
        try await system.get("/v1/assignments/yard").status == 200
      }
      try await system.startWorker("w2")
      let begun = try await system.send("POST", "/v1/workers/w1/drain")
      #expect(begun.status == 202)
      let path = try #require(begun.headers["location"])
      try await waitUntil("the drain to end") {
        try await system.get(path).json["status"]?["state"]?.text == "succeeded"
      }
      #expect(try await system.get("/v1/assignments/yard").json["worker"]?.text == "w2")
    }
  }

  private func actions(_ json: JSONValue) -> [String] {
    json["results"]?.elements?.compactMap { $0["action"]?.text } ?? []
  }
}

/// Runs a test against a live controller with a real PostgreSQL.
func withController(
  flags: [String] = [], _ body: (AspenSystem) async throws -> Void
) async throws {
  try await withTestDatabase { database in
    let system = try await AspenSystem(databaseURL: database.url, flags: flags)
    do {
      try await body(system)
    } catch {
      await system.stop()
      throw error
    }
    await system.stop()
  }
}
