import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Testing

/// The REST API of a live controller with a real PostgreSQL.
@Suite("Resources")
struct ResourceTests {
  private func camera(_ name: String, labels: JSONValue = [:]) -> [UInt8] {
    let body: JSONValue = [
      "name": .string(name), "labels": labels,
      "spec": ["address": .string("rtsp://10.0.0.1/\(name)"), "username": "u", "password": "p4ss"],
    ]
    return body.serialized
  }

  @Test("a camera is created with its stream, read, changed under its version, and deleted with it")
  func cameraLife() async throws {
    try await withController { system in
      let created = try await system.send("POST", "/v1/cameras", body: camera("yard"))
      #expect(created.status == 201)
      #expect(created.headers["location"] == "/v1/cameras/yard")
      #expect(created.json.serializedText.contains("p4ss") == false)
      #expect(created.json["status"]?["streams"] == ["yard"])
      let tag = created.headers["etag"]

      let taken = try await system.send("POST", "/v1/cameras", body: camera("yard"))
      #expect(taken.status == 409)
      #expect(taken.json["errors"]?.elements?.first?["field"]?.text == "/name")

      let patch: JSONValue = ["labels": ["site": "hq"], "spec": ["transport": "udp"]]
      let changed = try await system.send(
        "PATCH", "/v1/cameras/yard", body: patch.serialized, ifMatch: tag)
      #expect(changed.status == 200)
      #expect(changed.json["spec"]?["transport"]?.text == "udp")
      #expect(changed.json["spec"]?["username"]?.text == "u")
      #expect(changed.json["labels"] == ["site": "hq"])
      #expect(changed.json["generation"]?.wholeNumber == 2)
      let late = try await system.send(
        "PATCH", "/v1/cameras/yard", body: patch.serialized, ifMatch: tag)
      #expect(late.status == 412)

      let moved: JSONValue = ["spec": ["address": "rtsp://10.0.0.2/other"]]
      let refused = try await system.send(
        "PATCH", "/v1/cameras/yard", body: moved.serialized, ifMatch: "*")
      #expect(refused.status == 400, "a password does not follow to another host")
      #expect(refused.json["errors"]?.elements?.first?["field"]?.text == "/spec/password")

      #expect(try await system.send("DELETE", "/v1/cameras/yard", ifMatch: tag).status == 412)
      #expect(try await system.delete("/v1/cameras/yard").status == 204)
      #expect(try await system.get("/v1/streams/yard").status == 404)
    }
  }

  @Test("lists come in pages and by selector")
  func lists() async throws {
    try await withController { system in
      for index in 0..<5 {
        let labels: JSONValue = ["site": .string(index < 2 ? "a" : "b")]
        let body = camera("cam\(index)", labels: labels)
        #expect(try await system.send("POST", "/v1/cameras", body: body).status == 201)
      }
      var names: [String] = []
      var path = "/v1/cameras?limit=2"
      while true {
        let page = try await system.get(path)
        names += page.json["items"]?.elements?.compactMap { $0["name"]?.text } ?? []
        guard let cursor = page.json["next_cursor"]?.text else { break }
        path = "/v1/cameras?limit=2&cursor=\(cursor)"
      }
      #expect(names == ["cam0", "cam1", "cam2", "cam3", "cam4"])
      let some = try await system.get("/v1/cameras?selector=site%3Da").json["items"]?.elements
      #expect(some?.compactMap { $0["name"]?.text } == ["cam0", "cam1"])
      #expect(try await system.get("/v1/cameras?selector=%3D%3D").status == 400)
    }
  }

  @Test("a stream needs a camera that exists and keeps it")
  func streams() async throws {
    try await withController { system in
      let missing = try await system.post(
        "/v1/streams", #"{"name":"s","spec":{"camera":"none"}}"#)
      #expect(missing.status == 400)
      #expect(missing.json["errors"]?.elements?.first?["field"]?.text == "/spec/camera")
      let path = "/v1/cameras?default_stream=false"
      for name in ["one", "two"] {
        #expect(try await system.send("POST", path, body: camera(name)).status == 201)
      }
      #expect(try await system.get("/v1/streams").json["items"]?.elements == [])
      let made = try await system.post(
        "/v1/streams", #"{"name":"s","spec":{"camera":"one","require":"gpu=yes","max_fps":5}}"#)
      #expect(made.status == 201)
      let moved = try await system.patch("/v1/streams/s", #"{"spec":{"camera":"two"}}"#)
      #expect(moved.status == 400)
      try await waitUntil("the reason why it is not placed") {
        let status = try await system.get("/v1/streams/s").json["status"]
        return status?["phase"]?.text == "unassigned"
          && status?["reason"]?.text != "not looked at yet"
      }
      #expect(try await system.delete("/v1/streams/s").status == 204)
    }
  }

  @Test(
    "a join token lets as many workers in as it says, and a worker's credential opens nothing else")
  func joining() async throws {
    try await withController { system in
      let made = try await system.post(
        "/v1/join-tokens", #"{"name":"once","labels":{"site":"hq"},"spec":{"uses":1}}"#)
      let token = try #require(made.json["token"]?.text)
      let join = Array(#"{"name":"w1","labels":{"gpu":"no"},"capacity_streams":3}"#.utf8)
      let joined = try await system.send("POST", "/v1/worker/join", body: join, token: token)
      #expect(joined.status == 201)
      let credential = try #require(joined.json["credential"]?.text)
      let second = Array(#"{"name":"w2","capacity_streams":3}"#.utf8)
      #expect(
        try await system.send("POST", "/v1/worker/join", body: second, token: token).status == 401)
      #expect(try await system.get("/v1/join-tokens/once").json["token"] == nil)

      let worker = try await system.get("/v1/workers/w1").json
      #expect(worker["labels"] == ["gpu": "no", "site": "hq"])
      #expect(worker["status"]?["capacity_streams"]?.wholeNumber == 3)

      #expect(try await system.send("GET", "/v1/cameras", token: credential).status == 403)
      #expect(try await system.send("GET", "/v1/cameras", token: token).status == 401)
      #expect(try await system.send("GET", "/v1/worker/control").status == 403)
      #expect(
        try await system.send("POST", "/v1/worker/join", body: second).status == 401)

      let cordoned = try await system.patch(
        "/v1/workers/w1", #"{"spec":{"cordoned":true}}"#)
      #expect(cordoned.json["spec"]?["cordoned"]?.flag == true)
      #expect(try await system.delete("/v1/workers/w1").status == 204)
      #expect(
        try await system.send("GET", "/v1/worker/control", token: credential).status == 401)
    }
  }

  @Test("an evicted stream is placed again at a higher generation")
  func eviction() async throws {
    try await withController { system in
      try await system.startWorker("w1")
      #expect(try await system.send("POST", "/v1/cameras", body: camera("yard")).status == 201)
      try await waitUntil("the first placement") {
        try await system.get("/v1/assignments/yard").status == 200
      }
      let first = try await system.get("/v1/assignments/yard").json["generation"]?.wholeNumber
      #expect(try await system.send("DELETE", "/v1/assignments/yard").status == 204)
      try await waitUntil("the second placement") {
        let answer = try await system.get("/v1/assignments/yard")
        return (answer.json["generation"]?.wholeNumber ?? 0) > (first ?? .max)
      }
      #expect(try await system.get("/v1/assignments").json["items"]?.elements?.count == 1)
    }
  }

  @Test("SIGTERM ends both programs properly, with status 0")
  func properEnd() async throws {
    try await withController { system in
      let worker = try await system.startWorker("w1")
      #expect(await worker.stop() == 0)
      #expect(worker.output.contains("stop asked for"))
      #expect(await system.controller.stop() == 0)
      #expect(system.controller.output.contains("controller stops"))
    }
  }

  @Test("a video file plays as a camera")
  func fileCamera() async throws {
    try await withController { system in
      try await system.startWorker("w1", media: "/usr/share/doc/opencv-doc/examples/data")
      #expect(
        try await system.aspen("camera", "add", "clip", "--file", "vtest.avi").exitCode == 0)
      let picture = system.directory.file("clip.jpg")
      let snapshot = try await system.aspen("snapshot", "clip", "-f", picture)
      #expect(snapshot.exitCode == 0, "\(snapshot.errors)")
    }
  }
}
