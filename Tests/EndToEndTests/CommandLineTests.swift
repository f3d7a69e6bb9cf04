import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Foundation
import Testing

/// The command-line client against a real controller: what the tests of the client imagine of it.
@Suite("The command line and a controller", .serialized)
struct CommandLineTests {
  /// Runs `aspen` as somebody who has nothing but a home.
  private func aspen(
    _ system: AspenSystem, _ line: String, input: String = ""
  ) async throws -> ProgramProcess.Result {
    try await ProgramProcess.run(
      "aspen", line.split(separator: " ").map(String.init),
      environment: ["HOME": system.directory.path], input: input)
  }

  @Test("an admin signs in, lets somebody in, and that one works within a role")
  func access() async throws {
    try await withSystem { system, _ in
      func run(_ line: String, input: String = "", status: Int32 = 0) async throws -> String {
        let result = try await aspen(system, line, input: input)
        #expect(result.exitCode == status, "\(line): \(result.errors)")
        return result.output + result.errors
      }
      _ = try await run(
        "login \(system.address) --token-stdin --context admin", input: system.token + "\n")
      _ = try await run(
        "user create anna --display-name Anna --password-stdin", input: "correct horse battery\n")
      _ = try await run("role-binding create anna-viewer --user anna --role viewer")
      _ = try await run(
        "login \(system.address) --username anna --password-stdin --context anna",
        input: "correct horse battery\n")
      let who = try await run("whoami")
      #expect(who.contains("user anna") && who.contains("viewer, everything"))
      let refused = try await run("camera add yard rtsp://10.0.0.7/x --no-stream", status: 4)
      #expect(refused.contains("it needs the role operator"))
      _ = try await run("role-binding update anna-viewer --role operator --context admin")
      _ = try await run("camera add yard rtsp://10.0.0.7/x --no-stream --annotation note=north")
      let unknown = try await run("camera get yrad", status: 5)
      #expect(unknown.contains("did you mean: yard"))
      #expect(try await run("camera list -o jsonpath={.items[*].annotations.note}") == "north")
      let fields = try await run("camera list --fields spec.address --sort -created_at --limit 1")
      #expect(fields.contains("rtsp://10.0.0.7/x"))
      _ = try await run("logout")
      #expect(try await run("camera list", status: 4).contains("sign in: aspen login"))
    }
  }

  @Test("every kind is made, shown, changed, tried without effect and deleted")
  func kinds() async throws {
    try await withSystem { system, _ in
      func run(_ line: String, status: Int32 = 0) async throws -> String {
        let result = try await system.aspen(
          line.split(separator: " ").map(String.init), input: "correct horse battery\n")
        #expect(result.exitCode == status, "\(line): \(result.errors)")
        return result.output
      }
      let kinds = [
        ("site", "create one --description Home", "--description House"),
        ("token", "create one --role viewer --selector site=yard", "--role operator"),
        ("join-token", "create one --uses 1", "--uses 2"),
        ("user", "create one --password-stdin", "--disable"),
        ("role-binding", "create one --oidc-group g --role viewer", "--role admin"),
        ("camera", "add one rtsp://10.0.0.7/x --no-stream", "--labels site=yard"),
      ]
      for (kind, creation, change) in kinds {
        _ = try await run("\(kind) \(creation) --dry-run")
        _ = try await run("\(kind) get one", status: 5)
        _ = try await run("\(kind) \(creation)")
        _ = try await run("\(kind) update one \(change)")
        _ = try await run("\(kind) update one --labels a=b --if-version 1", status: 1)
        #expect(try await run("\(kind) get one -o jsonpath={.generation}") != "")
        #expect(try await run("\(kind) list -o name").contains("/one\n"))
        _ = try await run("\(kind) list -o wide")
        _ = try await run("\(kind) delete one --dry-run")
        _ = try await run("\(kind) delete one")
        _ = try await run("\(kind) get one", status: 5)
      }
      let audit = try await run("audit list --name one --kind role-binding")
      #expect(audit.contains("role_binding_update") && audit.contains("spec.role"))
      let lines = try await run("audit export --name one --since 1h").split(separator: "\n")
      #expect(lines.count >= 3 * kinds.count)
      #expect(try await run("version").contains("controller  \(ProgramVersion.current)"))
      _ = try await run("secret reseal")
      #expect(try await run("operation list").contains("secret_reseal"))
      _ = try await run("camera add yard rtsp://10.0.0.7/x")
      let link = try await run("view-link create yard --expires-in 1h")
      #expect(link.hasPrefix(system.address + "/") && link.contains("aspen_view_"))
    }
  }

  @Test("an aspen that is older than the controller says so, and still does what both know")
  func newerController() async throws {
    try await withController { system in
      let address = system.address
      try await withLoops { loops in
        let client = HTTPClient(loops: loops, configuration: HTTPClientConfiguration())
        let server = HTTPServer(loops: loops, log: Log.silent) { request in
          await Self.fromTheFuture(request, client, address)
        }
        let port = try server.listen(on: SocketAddress(ip: "127.0.0.1", port: 0)).port
        func run(_ line: String) async throws -> ProgramProcess.Result {
          try await ProgramProcess.run(
            "aspen", line.split(separator: " ").map(String.init),
            environment: [
              "ASPEN_SERVER": "http://127.0.0.1:\(port)", "ASPEN_TOKEN": system.token,
              "HOME": system.directory.path,
            ])
        }
        let words = "the controller is 99.0.0 and this aspen is \(ProgramVersion.current)"
        let made = try await run("site create hq")
        #expect(made.exitCode == 0 && made.output == "site hq created\n", "\(made)")
        #expect(made.errors.contains(words) && made.errors.contains("update aspen"), "\(made)")
        let unknown = try await run("site get nowhere")
        #expect(unknown.exitCode == 5 && unknown.errors.contains(words), "\(unknown)")
        await server.drain(deadline: .milliseconds(100))
      }
    }
  }

  /// What the controller at `address` would answer if it were of version 99.
  private static func fromTheFuture(
    _ request: HTTPRequest, _ client: HTTPClient, _ address: String
  ) async -> HTTPResponse {
    do {
      var headers: HTTPHeaders = [:]
      for name in ["Authorization", "Content-Type", "If-Match"] {
        if let value = request.headers[name] { headers.add(name, value) }
      }
      let answer = try await client.send(
        HTTPClientRequest(
          method: request.method, url: try HTTPURL(address + request.target), headers: headers,
          body: request.body, timeout: .seconds(20)))
      headers = ["Aspen-Version": "99.0.0"]
      for name in ["Content-Type", "ETag", "Location"] {
        if let value = answer.headers[name] { headers.add(name, value) }
      }
      return HTTPResponse(status: answer.status, headers: headers, body: answer.body)
    } catch {
      return HTTPResponse(status: 500, body: Array("\(error)".utf8))
    }
  }
}
