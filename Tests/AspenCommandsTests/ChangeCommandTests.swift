import AspenHTTP
import AspenModel
import AspenTestSupport
import Foundation
import Testing

@testable import AspenCommands

@Suite("Commands that change things", .serialized)
struct ChangeCommandTests {
  @Test("a deletion demands no version unless one is given, and what still runs is told")
  func deletion() async throws {
    try await TestController.run([
      "DELETE /v1/cameras/a": HTTPResponse(status: 204),
      "DELETE /v1/cameras/b": .json(
        #"{"kind":"camera","name":"b","deletion_requested_at":"2026-09-21T13:00:00.000Z"}"#,
        status: 202),
    ]) { controller in
      #expect(await controller.aspen("camera", "delete", "a").output == "camera a deleted\n")
      #expect(controller.received.last?.headers["If-Match"] == "*")
      let going = await controller.aspen(
        "camera", "delete", "b", "--if-version", "7", "--no-wait")
      #expect(going.output == "camera b is being deleted: its stream still runs\n")
      #expect(controller.received.last?.headers["If-Match"] == "\"7\"")
      #expect(await controller.aspen("camera", "delete", "a", "-o", "name").output == "camera/a\n")
    }
  }

  @Test("a deletion waits until what still runs has ended")
  func waiting() async throws {
    let reads = Collected(0)
    let answer: TestController.Answer = { request in
      let camera = #"{"name":"b","deletion_requested_at":"2026-09-21T13:00:00.000Z"}"#
      if request.method == "DELETE" { return .json(camera, status: 202) }
      reads.update { $0 += 1 }
      return reads.value < 3 ? .json(camera) : .problem(status: 404, detail: "there is none")
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("camera", "delete", "b")
      #expect(outcome.output == "camera b deleted\n" && outcome.status == .success)
      #expect(reads.value == 3)
    }
  }

  @Test("several are deleted by labels; on a terminal only after yes, and --no-input asks nothing")
  func confirmation() async throws {
    let answer: TestController.Answer = { request in
      request.method == "DELETE"
        ? HTTPResponse(status: 204) : .json(#"{"items":[{"name":"b"},{"name":"a"}]}"#)
    }
    try await TestController.run(answer: answer) { controller in
      let asked = Collected<[String]>()
      func terminal(_ answer: String) -> CommandTerminal {
        CommandTerminal(isInteractive: true, isOutput: true) { prompt in
          asked.append(prompt)
          return answer
        }
      }
      let line = ["camera", "delete", "-l", "site=yard"]
      func run(_ extra: [String], _ terminal: CommandTerminal) async -> CommandOutcome {
        await CommandOutcome.of(
          line + extra, environment: ["ASPEN_SERVER": controller.address], terminal: terminal)
      }
      let refused = await run([], terminal("y"))
      #expect(refused.status == .refused && refused.errors == "aspen: nothing is done\n")
      #expect(asked.value == ["Delete 2 cameras: a, b? Type yes to go on: "])
      #expect(!controller.received.contains { $0.method == "DELETE" })
      #expect(await run([], terminal("yes")).output == "camera a deleted\ncamera b deleted\n")
      #expect(await run(["--no-input"], terminal("no")).status == .success)
      #expect(await run([], .none).status == .success)
      #expect(asked.value.count == 2)
    }
  }

  @Test("a dry run asks the controller to change nothing, and says so")
  func dryRun() async throws {
    try await TestController.run([
      "POST /v1/sites?dry_run=true": .json(#"{"kind":"site","name":"hq"}"#),
      "GET /v1/sites/hq": .json(#"{"name":"hq"}"#).with("ETag", "\"2\""),
      "PATCH /v1/sites/hq?dry_run=true": .json(#"{"name":"hq"}"#),
      "DELETE /v1/sites/hq?dry_run=true": HTTPResponse(status: 204),
    ]) { controller in
      for line in [
        ["create", "hq", "--description", "Home"], ["update", "hq", "--description", "H"],
        ["delete", "hq"],
      ] {
        let outcome = await CommandOutcome.of(
          ["site"] + line + ["--dry-run"], environment: ["ASPEN_SERVER": controller.address])
        #expect(outcome.output.hasSuffix(" (dry run: nothing is changed)\n"), "\(outcome.errors)")
      }
    }
  }

  @Test(
    "every kind sends what was named",
    arguments: [
      (
        "site create hq --description Home --labels a=b --annotation note=x=y", "/v1/sites",
        #"{"name":"hq","labels":{"a":"b"},"annotations":{"note":"x=y"},"spec":{"description":"Home"}}"#
      ),
      (
        "token create t --role viewer --selector site=yard --expires-in 1h", "/v1/tokens",
        #"{"name":"t","spec":{"role":"viewer","selector":"site=yard","expires_in_seconds":3600}}"#
      ),
      (
        "role-binding create b --oidc-group guards --role viewer", "/v1/role-bindings",
        #"{"name":"b","spec":{"subject":{"kind":"oidc_group","name":"guards"},"role":"viewer"}}"#
      ),
      (
        "user create anna --display-name Anna --password-stdin", "/v1/users",
        #"{"name":"anna","spec":{"display_name":"Anna","password":"pa ss"}}"#
      ),
      (
        "join-token create t --uses 1 --site hq", "/v1/join-tokens",
        #"{"name":"t","spec":{"uses":1,"site":"hq"}}"#
      ),
      (
        "camera add yard rtsp://h/x --site hq", "/v1/cameras",
        #"{"name":"yard","spec":{"type":"rtsp","address":"rtsp://h/x","site":"hq"}}"#
      ),
      (
        "view-link create yard --expires-in 2h", "/v1/view-links",
        #"{"stream":"yard","expires_in_seconds":7200}"#
      ),
    ])
  func bodies(line: String, path: String, body: String) async throws {
    try await TestController.run([
      "POST \(path)": .json(
        #"{"kind":"x","name":"n","token":"aspen_x","path":"/watch?view=v"}"#, status: 201)
    ]) { controller in
      let outcome = await CommandOutcome.of(
        line.split(separator: " ").map(String.init) + ["--server", controller.address],
        input: "pa ss")
      #expect(outcome.status == .success, "\(outcome.errors)")
      let received = try #require(controller.received.first)
      let expected = try JSONValue(parsing: Array(body.utf8))
      #expect(Self.sorted(received.body) == Self.sorted(expected))
      #expect(received.headers["Idempotency-Key"]?.count == 22)
    }
  }

  @Test("a password is asked for twice, and never shown")
  func passwords() async throws {
    try await TestController.run(["POST /v1/users": .json(#"{"name":"anna"}"#, status: 201)]) {
      controller in
      let answers = Collected(["one", "two", "same", "same"])
      let terminal = CommandTerminal(
        isInteractive: true, isOutput: true,
        askSecret: { _ in
          let next = answers.value.first
          answers.update { $0.removeFirst() }
          return next.map { Secret($0) }
        })
      let differ = await controller.aspen("user", "create", "anna", terminal: terminal)
      #expect(differ.errors == "aspen: the two passwords differ\n")
      let alike = await controller.aspen("user", "create", "anna", terminal: terminal)
      #expect(alike.output == "user anna created\n")
      #expect(controller.received.last?.body?["spec"]?["password"] == "same")
      let unasked = await controller.aspen("user", "create", "anna")
      #expect(unasked.errors.contains("--password-stdin"))
    }
  }

  @Test("an edit sends what the editor changed, and keeps the text when it is refused")
  func edit() async throws {
    let camera = #"{"name":"yard","labels":{"a":"b","c":"d"},"spec":{"address":"rtsp://h/x"}}"#
    let directory = try TemporaryDirectory()
    try await TestController.run([
      "GET /v1/cameras/yard": .json(camera).with("ETag", "\"9\""),
      "PATCH /v1/cameras/yard": .json(camera),
      "GET /v1/cameras/gate": .json(camera).with("ETag", "\"9\""),
    ]) { controller in
      func edit(_ name: String, _ editor: String) async -> CommandOutcome {
        await CommandOutcome.of(
          ["camera", "edit", name],
          environment: [
            "ASPEN_SERVER": controller.address, "EDITOR": editor, "TMPDIR": directory.path,
          ])
      }
      let changed = await edit(
        "yard", "sed -i -e s/rtsp/rtsps/ -e /\\\"c\\\"/d -e 's/\"b\",/\"e\"/'")
      #expect(changed.output == "camera yard updated\n", "\(changed.errors)")
      let sent = try #require(controller.received.last)
      #expect(sent.headers["If-Match"] == "\"9\"")
      #expect(
        Self.sorted(sent.body)
          == ["labels": ["a": "e", "c": .null], "spec": ["address": "rtsps://h/x"]])
      #expect(try names(directory).isEmpty)
      #expect(await edit("yard", "true").errors == "camera yard is unchanged\n")
      let refused = await edit("gate", "sed -i s/rtsp/rtsps/")
      #expect(refused.status == .notFound && refused.errors.hasPrefix("your text is kept in"))
      #expect(try names(directory).count == 1)
      #expect(await edit("gate", "false").errors.contains("the editor 'false' failed"))
    }
  }

  private func names(_ directory: TemporaryDirectory) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path)
  }

  private static func sorted(_ json: JSONValue?) -> JSONValue? {
    json.flatMap { try? JSONValue(parsing: $0.serialized) }
  }
}
