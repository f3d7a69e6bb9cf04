import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Logging
import Testing

@testable import AspenController

@Suite("The log over the API")
struct LogHandlersTests {
  private func withLog<R>(
    _ recent: RecentLog = RecentLog(),
    _ body: (Logger, LogHandlers, SocketAddress, EventLoop) async throws -> R
  ) async throws -> R {
    let log = Log.make("test", level: .debug, recent: recent, write: { _ in })
    return try await withLoops(2) { loops in
      let handlers = LogHandlers(log: recent, loops: [loops[1]])
      let access = WatchAccess(
        principal: "admin", scope: .everything, isStillAllowed: { true })
      let server = HTTPServer(loops: [loops[1]], log: Log.silent) { request in
        let query = request.query
        func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
        do {
          return try await handlers.list(
            request,
            query: try LogQuery(
              level: value("level"), requestID: value("request_id"),
              limit: value("limit").flatMap { Int($0) }),
            follow: value("follow") == "true", access: access)
        } catch let problem as Problem {
          return .problem(problem, requestID: request.id)
        } catch {
          return .text("\(error)", status: 400)
        }
      }
      let address = try server.listen(on: try SocketAddress(ip: "127.0.0.1", port: 0))
      let result = try await body(log, handlers, address, loops[0])
      handlers.closeAll()
      await server.drain(deadline: .seconds(1))
      return result
    }
  }

  private func client(
    _ query: String, _ address: SocketAddress, _ loop: EventLoop
  ) async throws -> EventStreamClient {
    try await EventStreamClient.connect(
      to: address, on: loop, reads: true,
      sending: "GET /v1/logs?\(query) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
  }

  private func items(
    _ query: String, _ address: SocketAddress, _ loop: EventLoop
  ) async throws -> [JSONValue] {
    let client = try await client(query, address, loop)
    try await client.waitForEnd()
    return try JSONValue(parsing: Array(client.rest.utf8))["items"]?.elements ?? []
  }

  @Test("the newest lines of a level or a request are listed, newest last and without secrets")
  func list() async throws {
    try await withLog { log, _, address, loop in
      log.debug("looked", metadata: ["request_id": "r1"])
      log.info("camera added", metadata: ["password": "\(Secret("hunter2"))", "camera": "yard"])
      log.error("request failed", metadata: ["request_id": "r1"])
      let usual = try await items("", address, loop)
      #expect(usual.map { $0["message"]?.text } == ["camera added", "request failed"])
      let all = try await items("level=debug", address, loop)
      #expect(all.map { $0["message"]?.text } == ["looked", "camera added", "request failed"])
      #expect(all[1]["fields"] == ["camera": "yard", "password": "***"])
      #expect(all[1]["level"]?.text == "info" && all[1]["at"]?.text?.hasSuffix("Z") == true)
      let important = try await items("level=info&limit=1", address, loop)
      #expect(important.map { $0["message"]?.text } == ["request failed"])
      let one = try await items("request_id=r1", address, loop)
      #expect(one.map { $0["message"]?.text } == ["looked", "request failed"])
    }
  }

  @Test("an unknown level or limit names the parameter")
  func bad() throws {
    #expect(throws: ValidationError.self) {
      try LogQuery(level: "loud", requestID: nil, limit: nil)
    }
    #expect(throws: ValidationError.self) { try LogQuery(level: nil, requestID: nil, limit: 0) }
  }

  @Test("who follows gets the last lines and then each new one that matches")
  func follow() async throws {
    try await withLog { log, handlers, address, loop in
      for number in 1...5 { log.info("line", metadata: ["n": "\(number)"]) }
      let client = try await client("follow=true&limit=2&level=info", address, loop)
      try await client.wait { $0.count == 2 }
      log.debug("line", metadata: ["n": "hidden"])
      log.warning("line", metadata: ["n": "6"])
      try await client.wait { $0.count == 3 }
      #expect(client.events.value.map(\.type) == ["line", "line", "line"])
      let numbers = client.events.value.map { $0.data["fields"]?["n"]?.text }
      #expect(numbers == ["4", "5", "6"])
      handlers.closeAll()
      try await client.waitForEnd()
    }
  }

  @Test("a line that is gone before a follower gets to it is counted")
  func skipped() throws {
    let recent = RecentLog(maxLines: 4)
    let log = Log.make("test", recent: recent, write: { _ in })
    log.info("first")
    let query = try LogQuery(level: nil, requestID: nil, limit: 10)
    let now = MonotonicTime(nanoseconds: 0)
    var pull = LogPull(log: recent, query: query, after: 0, at: now)
    guard case .send(let first) = pull.next(at: now), first.count == 1 else {
      Issue.record("the first line is not told")
      return
    }
    for _ in 0..<7 { log.info("more") }
    guard case .send(let events) = pull.next(at: now) else {
      Issue.record("nothing is told")
      return
    }
    let told = events.compactMap { $0.received }
    #expect(told.map(\.type) == ["skipped", "line", "line", "line", "line"])
    #expect(told.first?.data["count"]?.wholeNumber == 3)
  }
}
