import AspenAPI
import AspenClient
import AspenHTTP
import AspenModel
import AspenNet
import AspenTestSupport
import Testing

@testable import AspenCommands

@Suite("What to do about an error", .serialized)
struct AdviceTests {
  private static let names: HTTPResponse = .json(
    #"{"items":[{"name":"yard"},{"name":"gate"},{"name":"garden"},{"name":"yard-small"}]}"#)

  @Test("a name that is not there brings those that may be meant")
  func meant() async throws {
    try await TestController.run(["GET /v1/cameras?fields=name&limit=500": Self.names]) {
      controller in
      let close = await controller.aspen("camera", "get", "yrad")
      #expect(close.status == .notFound)
      #expect(close.errors.hasSuffix("\n  did you mean: yard\n"))
      let far = await controller.aspen("camera", "delete", "attic")
      #expect(far.errors.hasSuffix("\n  what there is: aspen camera list\n"))
    }
  }

  @Test(
    "names are proposed by how far they are",
    arguments: [
      ("yrad", ["yard"]), ("gat", ["gate"]), ("yard", ["yard", "yard-small"]), ("x", []),
      ("gardne", ["garden"]),
    ])
  func distances(name: String, expected: [String]) {
    #expect(
      EditDistance.closest(to: name, among: ["yard", "gate", "garden", "yard-small"]) == expected)
  }

  @Test(
    "a word that is no command brings those that may be meant",
    arguments: [
      ("camera delet yard", "aspen camera delete"), ("get cameras", "aspen camera get"),
      ("delete role-binding x", "aspen role-binding delete"), ("statsu", "aspen status"),
    ])
  func unknownCommand(line: String, proposal: String) throws {
    let unknown = try #require(UnknownCommand(in: line.split(separator: " ").map(String.init)))
    #expect(unknown.proposals.contains(proposal), "\(unknown.proposals)")
    #expect(unknown.error.lines.last?.hasPrefix("what there is: aspen") == true)
  }

  @Test("words that are commands, and what stands behind them, are no unknown commands")
  func knownCommands() {
    for line in ["camera get yard", "wait camera", "--version", "camera --help", "help camer"] {
      #expect(UnknownCommand(in: line.split(separator: " ").map(String.init)) == nil, "\(line)")
    }
  }

  @Test("a refusal names the role that is needed, and where it must hold")
  func roles() async throws {
    let answer: TestController.Answer = { _ in .problem(status: 403, detail: "not allowed") }
    try await TestController.run(answer: answer) { controller in
      let camera = await controller.aspen("camera", "delete", "yard")
      #expect(camera.status == .unauthorized)
      #expect(camera.errors.contains("it needs the role operator for this camera"))
      let user = await controller.aspen("user", "list")
      #expect(user.errors.contains("it needs the role admin for everything"))
      let worker = await controller.aspen("worker", "get", "w1")
      #expect(worker.errors.contains("it needs the role viewer for everything"))
    }
  }

  @Test("a change that lost against another says how to see it")
  func changed() async throws {
    try await TestController.run([
      "GET /v1/role-bindings/b": .json(#"{"name":"b"}"#).with("ETag", "\"3\""),
      "PATCH /v1/role-bindings/b": .problem(status: 412, detail: "the resource has changed"),
    ]) { controller in
      let outcome = await controller.aspen("role-binding", "update", "b", "--role", "viewer")
      #expect(outcome.status == .refused)
      #expect(outcome.errors.contains("read it again: aspen role-binding get b"))
      #expect(outcome.errors.contains("aspen history role-binding b"))
      #expect(controller.received.last?.headers["If-Match"] == "\"3\"")
    }
  }

  @Test("who cannot be reached brings how to point to another, by where it was named")
  func unreachable() async throws {
    try await withLoops { loops in
      let address = "http://127.0.0.1:\(try Listener.closedPort(loops))"
      let flag = await CommandOutcome.of(["camera", "list", "--server", address])
      #expect(flag.status == .unreachable)
      #expect(flag.errors.contains("--server names it"))
      let variable = await CommandOutcome.of(
        ["camera", "list"], environment: ["ASPEN_SERVER": address])
      #expect(variable.errors.contains("ASPEN_SERVER names it"))
    }
  }

  @Test("without anything that proves who one is the advice is to sign in")
  func signIn() async throws {
    let answer: TestController.Answer = { _ in .problem(status: 401, detail: "a token is needed") }
    try await TestController.run(answer: answer) { controller in
      let outcome = await CommandOutcome.of(["camera", "list", "--server", controller.address])
      #expect(outcome.errors.hasSuffix("\n  sign in: aspen login \(controller.address)\n"))
    }
  }

  @Test("a newer controller brings one warning, a patch or an older one none")
  func versions() async throws {
    let own = try #require(VersionNumber(ProgramVersion.current))
    let versions = [
      ("\(own.major).\(own.minor + 1).0", true), ("\(own.major + 1).0.0", true),
      ("\(own.major).\(own.minor).\(own.patch + 1)", false), ("0.0.1", false),
    ]
    for (version, hasWarning) in versions {
      let answer: TestController.Answer = { _ in
        .json(#"{"items":[]}"#).with("Aspen-Version", version)
      }
      try await TestController.run(answer: answer) { controller in
        let errors = await controller.aspen("camera", "list").errors
        #expect(errors.contains("the controller is \(version)") == hasWarning, "\(version)")
      }
    }
  }

  @Test("a controller that does not know a path or field brings both versions")
  func skew() async throws {
    let answer: TestController.Answer = { request in
      let response: HTTPResponse =
        request.method == "GET"
        ? .problem(status: 404, detail: "there is nothing at /v1/sites")
        : .json(
          #"{"status":400,"errors":[{"field":"/spec/site","reason":"is not a known field"}]}"#,
          status: 400)
      return response.with("Aspen-Version", "0.0.9")
    }
    try await TestController.run(answer: answer) { controller in
      let words = "the controller is 0.0.9 and this aspen is \(ProgramVersion.current)"
      #expect(await controller.aspen("site", "list").errors.contains(words))
      #expect(
        await controller.aspen("site", "create", "a", "--description", "b").errors.contains(words))
    }
  }

  @Test("both versions are shown, and a controller that is away does not hide one's own")
  func versionCommand() async throws {
    try await TestController.run([
      "GET /v1/version": .json(#"{"version":"0.1.4","api":"v1","oldest_client":"0.1.0"}"#)
    ]) { controller in
      let outcome = await controller.aspen("version")
      #expect(outcome.output == "aspen       \(ProgramVersion.current)\ncontroller  0.1.4\n")
    }
    try await TestController.run([
      "GET /v1/version": .json(#"{"version":"7.0.0","api":"v1","oldest_client":"6.0.0"}"#)
    ]) { controller in
      let outcome = await controller.aspen("version")
      #expect(outcome.status == .refused)
      #expect(outcome.errors.contains("wants aspen 6.0.0 or newer"))
    }
  }
}
