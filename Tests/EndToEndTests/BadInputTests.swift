import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Testing

/// Bad input to a live controller: a 4xx problem that names the field, and nothing stored.
@Suite("Bad input")
struct BadInputTests {
  private static let addresses = [
    "file:///etc/passwd", "concat:a|b", "subfile,,start,0,end,9,,:/etc/passwd",
    "http://127.0.0.1/", "rtsp:/127.0.0.1/x", "rtsp://", "rtsp://a b/", "rtsp://h:0/",
    "/etc/passwd",
    "rtsp://h:99999/", "exec:rm", "rtsp://user@:554/", "tcp://h:1", "rtsp://h/\u{1}",
    "async:rtsp://h/",
    "RTSPS://h/", "data:,x", "pipe:0", "rtsp://[::1/", "",
  ]

  @Test("bad bodies, tokens and addresses are refused with problem documents; nothing is stored")
  func badInput() async throws {
    try await withTestDatabase { database in
      let system = try await AspenSystem(databaseURL: database.url)
      try await checkAddresses(system)
      try await checkBodies(system)
      try await checkRequests(system)
      #expect(try await system.get("/v1/cameras").json["items"]?.elements == [])
      #expect(try await system.get("/v1/streams").json["items"]?.elements == [])
      await system.stop()
    }
  }

  private func checkAddresses(_ system: AspenSystem) async throws {
    for address in Self.addresses {
      let body: JSONValue = ["name": "bad", "spec": ["address": .string(address)]]
      let answer = try await system.send("POST", "/v1/cameras", body: body.serialized)
      #expect(answer.status == 400, "\(address)")
      #expect(answer.headers["content-type"] == "application/problem+json")
      #expect(
        answer.json["errors"]?.elements?.first?["field"]?.text == "/spec/address", "\(address)")
    }
  }

  private func checkBodies(_ system: AspenSystem) async throws {
    let bodies: [(String, Int, String?)] = [
      ("{", 400, "/"), ("[]", 400, "/"), ("null", 400, "/"), ("\"x\"", 400, "/"), ("", 400, "/"),
      (#"{"name":"a","spec":{"address":"rtsp://h/"},"extra":1}"#, 400, "/extra"),
      (#"{"name":"a","spec":{"address":"rtsp://h/","colour":"red"}}"#, 400, "/spec/colour"),
      (#"{"name":7,"spec":{"address":"rtsp://h/"}}"#, 400, "/name"),
      (#"{"name":"A_B","spec":{"address":"rtsp://h/"}}"#, 400, "/name"),
      (#"{"name":"a","spec":{"address":["rtsp://h/"]}}"#, 400, "/spec/address"),
      (
        #"{"name":"a","spec":{"address":"rtsp://h/","transport":"pigeon"}}"#, 400, "/spec/transport"
      ),
      (#"{"name":"a","spec":{"type":"file","path":"../x"}}"#, 400, "/spec/path"),
      (#"{"name":"a","spec":{"type":"file","path":"/etc/passwd"}}"#, 400, "/spec/path"),
      (#"{"name":"a","labels":{"k":5},"spec":{"address":"rtsp://h/"}}"#, 400, "/labels/k"),
      (String(repeating: "[", count: 100_000), 400, "/"),
    ]
    for (text, status, field) in bodies {
      let answer = try await system.post("/v1/cameras", text)
      #expect(answer.status == status, "\(text.prefix(80))")
      #expect(
        answer.json["errors"]?.elements?.contains { $0["field"]?.text == field } == true,
        "\(text.prefix(80)): \(answer.json.serializedText)")
    }
  }

  private func checkRequests(_ system: AspenSystem) async throws {
    let huge = [UInt8](repeating: 0x20, count: 3 * 1024 * 1024)
    #expect(try await system.send("POST", "/v1/cameras", body: huge).status == 413)
    #expect(
      try await system.send("POST", "/v1/cameras", body: [0x7B, 0x7D], type: "text/plain").status
        == 415)
    for bad in ["", "x", "aspen_op_wrong", String(repeating: "a", count: 1000)] {
      let answer = try await system.send("GET", "/v1/cameras", token: bad)
      #expect(answer.status == 401)
      #expect(answer.json["detail"]?.text?.isEmpty == false)
    }
    #expect(try await system.send("PUT", "/v1/cameras").status == 405)
    #expect(try await system.get("/v1/nothing").status == 404)
    #expect(try await system.get("/v1/cameras?limit=0").status == 400)
    #expect(try await system.get("/v1/cameras?colour=red").status == 400)
    #expect(try await system.get("/v1/cameras/NoSuch").status == 404)
  }
}
