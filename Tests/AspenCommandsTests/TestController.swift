import AspenCommands
import AspenHTTP
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport

/// A real HTTP server that answers as a controller would, from a table.
final class TestController: Sendable {
  /// What it says to a request.
  typealias Answer = @Sendable (HTTPRequest) async -> HTTPResponse

  struct Received: Sendable {
    let method: String
    let target: String
    let headers: HTTPHeaders
    let body: JSONValue?

    var authorization: String? { headers["Authorization"] }
  }

  let address: String
  let loops: [EventLoop]
  private let requests: Collected<[Received]>
  private let server: HTTPServer

  /// What it was asked, in order.
  var received: [Received] { requests.value }

  private init(
    loops: [EventLoop], answer: @escaping Answer
  ) throws {
    let requests = Collected<[Received]>()
    self.requests = requests
    self.loops = loops
    server = HTTPServer(loops: loops, log: Log.silent) { request in
      requests.append(
        Received(
          method: request.method, target: request.target,
          headers: request.headers,
          body: try? JSONValue(parsing: request.body)))
      return await answer(request)
    }
    let bound = try server.listen(on: SocketAddress(ip: "127.0.0.1", port: 0))
    address = "http://127.0.0.1:\(bound.port)"
  }

  /// Runs `body` with a controller that answers by `answer`.
  static func run(
    answer: @escaping Answer,
    _ body: (TestController) async throws -> Void
  ) async throws {
    try await withLoops { loops in
      let controller = try TestController(loops: loops, answer: answer)
      do {
        try await body(controller)
      } catch {
        await controller.server.drain(deadline: .milliseconds(100))
        throw error
      }
      await controller.server.drain(deadline: .milliseconds(100))
    }
  }

  /// Runs `body` with a controller that knows these answers by `METHOD target`.
  static func run(
    _ answers: [String: HTTPResponse], _ body: (TestController) async throws -> Void
  ) async throws {
    try await run(
      answer: { request in
        answers["\(request.method) \(request.target)"]
          ?? .problem(
            status: 404, detail: "nothing at \(request.target)",
            type: "https://aspen.invalid/problems/not_found")
      }, body)
  }

  /// Runs `aspen` against it.
  func aspen(
    _ arguments: String..., input: String? = nil, now: Int64? = nil,
    terminal: CommandTerminal = .none
  ) async -> CommandOutcome {
    await CommandOutcome.of(
      arguments, environment: ["ASPEN_SERVER": address, "ASPEN_TOKEN": "aspen_op_test"],
      input: input, now: now, terminal: terminal)
  }
}

extension HTTPResponse {
  /// The same answer with another field.
  func with(_ name: String, _ value: String) -> HTTPResponse {
    var response = self
    response.headers.set(name, value)
    return response
  }

  /// JSON from its text.
  static func json(_ text: String, status: Int = 200) -> HTTPResponse {
    .json(Array(text.utf8), status: status)
  }
}

/// What a command printed and how it ended.
struct CommandOutcome: Sendable {
  let status: CommandStatus
  let output: String
  let errors: String

  /// Runs `aspen` in this process.
  static func of(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
    now: Int64? = nil, terminal: CommandTerminal = .none,
    completionTimeout: Duration = .seconds(60)
  ) async -> CommandOutcome {
    let output = Collected("")
    let errors = Collected("")
    let lines = Collected(input.map { [$0] } ?? [])
    let status = await CommandLineProgram.run(
      arguments,
      in: CommandContext(
        environment: environment, write: { text in output.update { $0 += text } },
        writeError: { line in errors.update { $0 += line + "\n" } },
        readLine: {
          let line = lines.value.first
          lines.update { $0 = Array($0.dropFirst()) }
          return line
        }, now: { now ?? 1_790_000_000_000_000 }, terminal: terminal,
        completionTimeout: completionTimeout))
    return CommandOutcome(status: status, output: output.value, errors: errors.value)
  }
}
