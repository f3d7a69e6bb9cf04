import AspenNet
import Testing

@testable import AspenPostgres

@Suite("Pipeline state")
struct PipelineStateTests {
  private let now = MonotonicTime(nanoseconds: 1_000)

  private func request(
    _ sql: String, _ kind: PostgresRequest.Kind = .statement, timeout: Duration = .seconds(60)
  ) -> PostgresRequest {
    PostgresRequest(sql, [], kind: kind, timeout: timeout)
  }

  private func sent(_ state: inout PipelineState) -> [String] {
    var texts: [String] = []
    while let request = state.next(at: now) { texts.append(request.sql) }
    return texts
  }

  private let row = PostgresResult(rows: [], tag: "SELECT 1")
  private let failure = PostgresError.server(
    sqlstate: "22012", message: "", constraint: nil, table: nil, column: nil)

  @Test("statements are sent at once and answered in order, at their sync")
  func order() throws {
    var state = PipelineState()
    for sql in ["a", "b"] { state.submit(request(sql)) }
    #expect(sent(&state) == ["a", "b"])
    #expect(state.received(.done(row), at: now) == nil)
    #expect(state.received(.end, at: now) == nil)
    #expect(state.received(.sync, at: now)?.request.sql == "a")
    #expect(state.isRunning)
    _ = state.received(.failed(failure), at: now)
    let received = state.received(.sync, at: now)
    let second = try #require(received)
    #expect(second.request.sql == "b")
    #expect(throws: failure) { try second.result.get() }
    #expect(!state.isRunning)
  }

  @Test("the first error of a request is its answer, and says how many commands were done")
  func firstError() throws {
    var state = PipelineState()
    state.submit(request("a"))
    _ = sent(&state)
    _ = state.received(.done(row), at: now)
    _ = state.received(.failed(failure), at: now)
    _ = state.received(.aborted, at: now)
    let received = state.received(.sync, at: now)
    let answer = try #require(received)
    #expect(throws: failure) { try answer.result.get() }
    #expect(answer.commandsDone == 1)
  }

  @Test("a script waits for all before it, and all behind it wait for the script")
  func script() {
    var state = PipelineState()
    state.submit(request("a"))
    state.submit(request("s", .script))
    state.submit(request("b"))
    #expect(sent(&state) == ["a"])
    _ = state.received(.done(row), at: now)
    _ = state.received(.sync, at: now)
    #expect(sent(&state) == ["s"])
    _ = state.received(.done(row), at: now)
    _ = state.received(.done(row), at: now)
    #expect(sent(&state) == [])
    #expect(state.received(.end, at: now)?.request.sql == "s")
    #expect(sent(&state) == ["b"])
  }

  @Test("when the connection is lost everything is answered, what waits too")
  func abandon() {
    var state = PipelineState()
    for sql in ["a", "b"] { state.submit(request(sql)) }
    _ = sent(&state)
    _ = state.received(.done(row), at: now)
    state.submit(request("s", .script))
    let answers = state.abandon(.unavailable("lost"))
    #expect(answers.map(\.request.sql) == ["a", "b", "s"])
    for answer in answers {
      #expect(throws: PostgresError.unavailable("lost")) { try answer.result.get() }
    }
    #expect(state.count == 0)
  }

  @Test("overdue are those past their deadline whose caller still waits")
  func overdue() {
    var state = PipelineState()
    let (late, answered) = (request("a", timeout: .zero), request("b", timeout: .zero))
    for request in [late, answered, request("c")] { state.submit(request) }
    answered.finish(.failure(.cancelled))
    #expect(state.overdue(at: .current() + .seconds(1)).map(\.sql) == ["a"])
  }
}

@Suite("Statement cache")
struct StatementCacheTests {
  private let failure = PostgresError.server(
    sqlstate: "0A000", message: "", constraint: nil, table: nil, column: nil)

  @Test("a statement is prepared once and used when the server has prepared it")
  func use() {
    var cache = StatementCache(capacity: 2)
    #expect(cache.use("a") == .prepare("s1"))
    #expect(cache.use("a") == .unnamed)
    cache.answered("a", commandsDone: 2, nil)
    #expect(cache.use("a") == .prepared("s1"))
  }

  @Test("one that cannot be prepared is tried again under another name; one that fails later stays")
  func failures() {
    var cache = StatementCache(capacity: 2)
    _ = cache.use("a")
    cache.answered("a", commandsDone: 0, failure)
    #expect(cache.use("a") == .prepare("s2"))
    cache.answered("a", commandsDone: 1, failure)
    #expect(cache.use("a") == .prepared("s2"))
    cache.answered("a", commandsDone: 0, failure)
    #expect(cache.use("a") == .prepare("s3"))
  }

  @Test("a full cache takes no more")
  func full() {
    var cache = StatementCache(capacity: 1)
    _ = cache.use("a")
    #expect(cache.use("b") == .unnamed)
  }
}

@Suite("Reconnect state")
struct ReconnectStateTests {
  private func time(_ seconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: seconds * 1_000_000_000)
  }

  @Test("the pause doubles up to the longest; after a connection that held there is none at first")
  func backOff() {
    var state = ReconnectState(delays: .milliseconds(100) ... .seconds(2))
    let starts = [state.start(), state.start()]
    #expect(starts == [true, false])
    var delays: [Duration?] = []
    for _ in 0..<6 {
      delays.append(state.failed(at: time(1)))
      _ = state.retryDue()
    }
    #expect(
      delays == [
        .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800),
        .milliseconds(1_600), .seconds(2),
      ])
    state.connected(at: time(10))
    #expect(state.failed(at: time(11)) == .seconds(2))
    _ = state.retryDue()
    state.connected(at: time(20))
    #expect(state.failed(at: time(30)) == .zero)
    _ = state.retryDue()
    #expect(state.failed(at: time(30)) == .milliseconds(100))
  }

  @Test("a closed connection is not tried again")
  func close() {
    var state = ReconnectState(delays: .milliseconds(100) ... .seconds(2))
    _ = state.start()
    _ = state.failed(at: time(1))
    state.close()
    let isDue = state.retryDue()
    #expect(!isDue)
    #expect(state.failed(at: time(2)) == nil)
  }
}
