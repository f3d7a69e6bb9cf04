import AspenHTTP
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Testing

@testable import AspenWorker

/// A real worker against an HTTP server that answers as a controller would.
@Suite("Joining")
struct JoinTests {
  /// What the worker asked, as `path credential`.
  private typealias Asked = Collected<[String]>

  @Test(
    "a worker whose join was not answered offers the same credential again, also after a restart")
  func repeatsJoin() async throws {
    let state = try TemporaryDirectory()
    let asked = Asked()
    let answers = Collected([503, 503])
    try await withController(asked, joins: answers, others: 503) { address in
      try await withWorker(address, state) {
        try await waitUntil("two joins") { asked.value.count >= 2 }
      }
      let before = asked.value.count
      answers.update { $0 = [201] }
      try await withWorker(address, state) {
        try await waitUntil("the control connection") {
          asked.value.contains { $0.hasPrefix("/v1/worker/control") }
        }
      }
      let joins = asked.value.filter { $0.hasPrefix("/v1/worker/join") }
      #expect(joins.count > before && Set(joins).count == 1)
      let credential = try #require(joins.first?.split(separator: " ").last)
      #expect(asked.value.contains("/v1/worker/control Bearer \(credential)"))
    }
  }

  @Test("a worker whose credential is refused joins anew by another one")
  func rejoins() async throws {
    let state = try TemporaryDirectory()
    let asked = Asked()
    try await withController(asked, joins: Collected([201]), others: 401) { address in
      try await withWorker(address, state) {
        try await waitUntil("two joins") {
          asked.value.count { $0.hasPrefix("/v1/worker/join") } >= 2
        }
      }
      let joins = asked.value.filter { $0.hasPrefix("/v1/worker/join") }
      #expect(Set(joins.prefix(2)).count == 2)
    }
  }

  /// A controller that answers joins by these statuses, the last one for ever, and all else by another.
  private func withController(
    _ asked: Asked, joins answers: Collected<[Int]>, others: Int,
    _ body: (String) async throws -> Void
  ) async throws {
    try await withLoops { loops in
      let server = HTTPServer(loops: loops, log: Log.silent) { request in
        let json = try? JSONValue(parsing: request.body)
        let offered = json?["credential"]?.text ?? request.headers["Authorization"] ?? ""
        asked.append("\(request.target) \(offered)")
        guard request.target == "/v1/worker/join" else {
          return .problem(status: others, detail: "no")
        }
        let status = answers.value.first ?? 500
        answers.update { if $0.count > 1 { $0.removeFirst() } }
        return .json(Array("{}".utf8), status: status)
      }
      let bound = try server.listen(on: SocketAddress(ip: "127.0.0.1", port: 0))
      do {
        try await body("http://127.0.0.1:\(bound.port)")
      } catch {
        await server.drain(deadline: .milliseconds(100))
        throw error
      }
      await server.drain(deadline: .milliseconds(100))
    }
  }

  private func withWorker(
    _ controller: String, _ state: TemporaryDirectory, _ body: () async throws -> Void
  ) async throws {
    let worker = try WorkerService(
      WorkerConfiguration(
        controllers: try ControllerAddress.list(controller), name: try ObjectName("w1"),
        labels: Labels(), capacityStreams: 4,
        stateDirectory: state.path, mediaDirectory: "", joinToken: Secret("aspen_join_a_b"),
        certificateAuthorityFile: nil),
      log: Log.silent)
    let running = Task { try await worker.run() }
    do {
      try await body()
    } catch {
      await worker.stop()
      _ = await running.result
      throw error
    }
    await worker.stop()
    try await running.value
  }
}
