import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet
import AspenTestSupport
import Testing

@testable import AspenClient

@Suite("Requests that are sent again", .serialized)
struct RequestRetryTests {
  @Test("a refusal is waited out three times, as long as the controller says")
  func refusals() {
    var retry = RequestRetry(isRepeatable: true)
    #expect(retry.refused(retryAfter: "7") == .sendAgain(after: .seconds(7)))
    #expect(retry.refused(retryAfter: nil) == .sendAgain(after: .seconds(2)))
    #expect(retry.refused(retryAfter: "soon") == .sendAgain(after: .seconds(4)))
    #expect(retry.refused(retryAfter: "1") == .giveUp)
  }

  @Test("too long a pause, and what must not be done twice, is given up")
  func givingUp() {
    var retry = RequestRetry(isRepeatable: true)
    #expect(retry.refused(retryAfter: "31") == .giveUp)
    var unrepeatable = RequestRetry(isRepeatable: false)
    #expect(unrepeatable.refused(retryAfter: "0") == .giveUp)
    #expect(unrepeatable.lost() == .giveUp)
  }

  @Test("a lost connection is tried once more")
  func losses() {
    var retry = RequestRetry(isRepeatable: true)
    #expect(retry.lost() == .sendAgain(after: .zero))
    #expect(retry.lost() == .giveUp)
  }

  /// Answers 429 so often, then as asked.
  private func busy(_ count: Int) -> TestController.Answer {
    let refusals = Collected(count)
    return { _ in
      var isRefused = false
      refusals.update { left in
        isRefused = left > 0
        left -= 1
      }
      return isRefused
        ? .problem(status: 429, detail: "too many requests").with("Retry-After", "0")
        : .json(#"{"name":"yard"}"#)
    }
  }

  @Test("a busy controller gets the same request again, a creation under the same key")
  func busyController() async throws {
    try await TestController.run(answer: busy(3)) { controller in
      let client = try ControllerClient(
        address: controller.address, token: nil, loops: controller.loops)
      _ = try await client.create(APIOperations.cameraCreate, body: ["name": "yard"])
      let keys = controller.received.map { $0.headers["Idempotency-Key"] }
      #expect(keys.count == 4 && Set(keys).count == 1 && keys[0] != nil)
    }
    try await TestController.run(answer: busy(4)) { controller in
      #expect(await controller.aspen("camera", "get", "yard").errors.contains("too many requests"))
      #expect(controller.received.filter { $0.target == "/v1/cameras/yard" }.count == 4)
    }
    try await TestController.run(answer: busy(1)) { controller in
      let client = try ControllerClient(
        address: controller.address, token: nil, loops: controller.loops)
      await #expect(throws: ClientError.self) {
        try await client.call("POST", "/v1/session", body: [:])
      }
      #expect(controller.received.count == 1)
    }
  }

  @Test("two creations have two keys")
  func keys() async throws {
    try await TestController.run(answer: busy(0)) { controller in
      let client = try ControllerClient(
        address: controller.address, token: nil, loops: controller.loops)
      for _ in 0..<2 { _ = try await client.create(APIOperations.cameraCreate, body: [:]) }
      #expect(Set(controller.received.map { $0.headers["Idempotency-Key"] }).count == 2)
    }
  }

  @Test("a creation whose answer is lost is asked again under its key")
  func lostAnswer() async throws {
    try await withLoops { loops in
      let server = try DroppingServer(loops: loops)
      let client = try ControllerClient(
        address: "http://127.0.0.1:\(server.port)", token: nil, loops: loops)
      let created = try await client.create(APIOperations.cameraCreate, body: ["name": "yard"])
      #expect(created == ["name": "yard"])
      let keys = server.requests.compactMap { request in
        request.split(separator: "\r\n").first { $0.hasPrefix("Idempotency-Key:") }
      }
      #expect(keys.count == 2 && keys[0] == keys[1])
      server.stop()
    }
  }

  @Test("versions are alike when only the patch differs")
  func versions() throws {
    let own = try #require(VersionNumber("0.1.2-beta.1"))
    let fix = try #require(VersionNumber("0.1.9"))
    let next = try #require(VersionNumber("0.2.0"))
    #expect(own.isAlike(fix) && own < fix && !own.isAlike(next) && fix < next)
    #expect(VersionNumber("1.2") == nil && VersionNumber("a.b.c") == nil)
    #expect(VersionNumber("1.2.3.4") == nil && VersionNumber("1.-2.3") == nil)
  }

  @Test("a path takes its names by the words in its braces")
  func paths() {
    #expect(
      URLEncoding.path("/v1/{kind}/{name}/x", parameters: ["kind": "a", "name": "b/{kind}"])
        == "/v1/a/b%2F%7Bkind%7D/x")
  }

  @Test("a resource is read by type, and what it lacks is nothing")
  func document() throws {
    let json = try JSONValue(
      parsing: Array(
        """
        {"kind":"camera","name":"yard","labels":{"a":"b"},"generation":3,"resource_version":9,
        "created_at":"2026-09-21T13:00:00.000Z","spec":{"x":1},"status":{"phase":"failing",
        "observed_generation":2,"conditions":[{"type":"Streaming","status":"false",
        "reason":"timeout","message":"no answer"},{"type":"Placed","status":"unknown"}]}}
        """.utf8))
    let document = ResourceDocument(json)
    #expect(document.kind == .camera && document.name == "yard" && document.labels == ["a": "b"])
    #expect(document.entityTag == "\"9\"" && document.observedGeneration == 2)
    #expect(document.createdAt?.microseconds == 1_789_995_600_000_000)
    #expect(document.condition("Streaming")?.isTrue == false)
    #expect(document.condition("Streaming")?.reason == "timeout")
    #expect(document.condition("Placed")?.isTrue == nil && document.condition("Ready") == nil)
    let empty = ResourceDocument([:])
    #expect(empty.kind == nil && empty.name.isEmpty && empty.conditions.isEmpty)
    #expect(ResourceDocument(["stream": "yard"]).name == "yard")
  }
}
