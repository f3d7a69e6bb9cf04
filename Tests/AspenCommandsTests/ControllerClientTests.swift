import AspenAPI
import AspenClient
import AspenHTTP
import AspenModel
import AspenNet
import AspenTestSupport
import Testing

@Suite("The client")
struct ControllerClientTests {
  private func client(_ controller: TestController) throws -> ControllerClient {
    try ControllerClient(
      address: controller.address + "/", token: Secret("aspen_op_test"), loops: controller.loops)
  }

  @Test("a request carries token and body, and its name is percent-encoded")
  func request() async throws {
    try await TestController.run(["PATCH /v1/cameras/a%2Fb%20c": .json(#"{"name":"x"}"#)]) {
      controller in
      let client = try client(controller)
      let answer = try await client.call(
        APIOperations.cameraUpdate, "a/b c", body: ["labels": ["site": "yard"]])
      #expect(answer.status == 200)
      #expect(answer.body == ["name": "x"])
      let received = try #require(controller.received.first)
      #expect(received.authorization == "Bearer aspen_op_test")
      #expect(received.body == ["labels": ["site": "yard"]])
    }
  }

  @Test("an answer without a body has none")
  func noBody() async throws {
    try await TestController.run(["DELETE /v1/cameras/yard": HTTPResponse(status: 204)]) {
      controller in
      let answer = try await client(controller).call(APIOperations.cameraDelete, "yard")
      #expect(answer.status == 204)
      #expect(answer.body == nil)
    }
  }

  @Test("a problem arrives with code, fields and request id")
  func problem() async throws {
    let text = """
      {"type":"https://aspen.invalid/problems/validation","title":"The request is not valid",
      "status":400,"detail":"no","request_id":"r-1",
      "errors":[{"field":"/spec/address","reason":"has no host"}]}
      """
    try await TestController.run(["POST /v1/cameras": .json(text, status: 400)]) { controller in
      let client = try client(controller)
      let error = await #expect(throws: ClientError.self) {
        try await client.call(APIOperations.cameraCreate, body: [:])
      }
      var expected = ServerProblem(
        status: 400, code: .validation, title: "The request is not valid", detail: "no",
        errors: [FieldViolation(field: "/spec/address", reason: "has no host")], requestID: "r-1")
      expected.subject = RequestSubject(operation: APIOperations.cameraCreate, name: nil)
      #expect(error == .problem(expected))
    }
  }

  @Test("an error page of something else than ASPEN still has a status and words")
  func errorPage() async throws {
    let page = HTTPResponse(status: 502, body: Array("<html>bad gateway</html>".utf8))
    try await TestController.run(["GET /v1/cameras/yard": page]) { controller in
      let client = try client(controller)
      let error = await #expect(throws: ClientError.self) {
        try await client.call(APIOperations.cameraGet, "yard")
      }
      guard case .problem(let problem) = error else {
        Issue.record("\(String(describing: error)) is no problem")
        return
      }
      #expect(problem.status == 502 && problem.code == nil)
      #expect(problem.detail == "The server answered with status 502")
    }
  }

  @Test("a list is read page after page")
  func paging() async throws {
    try await TestController.run([
      "GET /v1/cameras?selector=a%3Db&limit=500": .json(
        #"{"items":[{"name":"a"},{"name":"b"}],"next_cursor":"n=1"}"#),
      "GET /v1/cameras?selector=a%3Db&limit=500&cursor=n%3D1": .json(#"{"items":[{"name":"c"}]}"#),
    ]) { controller in
      let items = try await client(controller).list(
        APIOperations.cameraList, query: [(name: "selector", value: "a=b")])
      #expect(items.compactMap { $0["name"]?.text } == ["a", "b", "c"])
    }
  }

  @Test(
    "a list that cannot end is an error",
    arguments: [#"{"items":[{"name":"a"}],"next_cursor":"x"}"#, #"{"items":7}"#, "[]"])
  func endlessList(page: String) async throws {
    let answer: TestController.Answer = { _ in .json(page) }
    try await TestController.run(answer: answer) { controller in
      let client = try client(controller)
      await #expect(throws: ClientError.self) {
        try await client.list(APIOperations.cameraList)
      }
    }
  }

  @Test("an answer of 200 that is not JSON is not from a controller")
  func notJSON() async throws {
    try await TestController.run(["GET /v1/cameras/yard": .text("hello")]) { controller in
      let client = try client(controller)
      let error = await #expect(throws: ClientError.self) {
        try await client.call(APIOperations.cameraGet, "yard")
      }
      #expect(
        error == .unexpectedAnswer("its answer to GET /v1/cameras/yard is not JSON"))
    }
  }

  @Test("a controller that does not answer is a timeout")
  func timeout() async throws {
    let answer: TestController.Answer = { _ in
      try? await Task.sleep(for: .seconds(60))
      return HTTPResponse(status: 204)
    }
    try await TestController.run(answer: answer) { controller in
      let client = try client(controller)
      let error = await #expect(throws: ClientError.self) {
        try await client.call("GET", "/v1/cameras", timeout: .milliseconds(50))
      }
      guard case .timedOut = error else {
        Issue.record("\(String(describing: error)) is no timeout")
        return
      }
    }
  }

  @Test("nobody at the address is unreachable, in words")
  func unreachable() async throws {
    try await withLoops { loops in
      // A listener that is closed again leaves a port that nobody listens at.
      let port = try Listener.closedPort(loops)
      let client = try ControllerClient(
        address: "127.0.0.1:\(port)", token: nil, loops: loops)
      let error = await #expect(throws: ClientError.self) {
        try await client.call(APIOperations.healthGet)
      }
      #expect(error == .unreachable("connection refused"))
    }
  }

  @Test(
    "addresses that are none are refused", arguments: ["", "ftp://h", "http://h?x=1", "http://"])
  func addresses(address: String) async throws {
    try await withLoops { loops in
      #expect(throws: ClientError.self) {
        try ControllerClient(address: address, token: nil, loops: loops)
      }
    }
  }
}
