import AspenHTTP
import AspenModel
import AspenRuntime
import AspenTestSupport
import Testing

@testable import AspenCommands

@Suite("Completion and manual", .serialized)
struct CompletionTests {
  /// What the shell's script runs for the word behind `words`.
  private func complete(
    _ words: [String], prefix: String, argument: String = "positional@0",
    environment: [String: String] = [:], timeout: Duration = .seconds(60)
  ) async -> CommandOutcome {
    let commands = words.prefix { !$0.hasPrefix("-") }
    return await CommandOutcome.of(
      ["---completion"] + commands + [
        "--", argument, String(words.count + 1), String(prefix.count), "aspen",
      ] + words + [prefix], environment: environment,
      completionTimeout: timeout)
  }

  @Test("names come from the controller that the line means, without those already there")
  func names() async throws {
    try await TestController.run([
      "GET /v1/cameras?fields=name&limit=500": .json(
        #"{"items":[{"name":"yard"},{"name":"gate"},{"name":"garden"}]}"#)
    ]) { controller in
      let all = await complete(
        ["camera", "get"], prefix: "", environment: ["ASPEN_SERVER": controller.address])
      #expect(all.output == "garden\ngate\nyard\n")
      let line = ["camera", "delete", "--server=\(controller.address)", "garden"]
      #expect(await complete(line, prefix: "ga").output == "gate\n")
      #expect(all.status == .success && all.errors.isEmpty)
    }
  }

  @Test("without an answer there are no names, no error and no long wait")
  func nobody() async throws {
    let answer: TestController.Answer = { _ in
      try? await Task.sleep(for: .seconds(60))
      return HTTPResponse(status: 204)
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await complete(
        ["camera", "get"], prefix: "", environment: ["ASPEN_SERVER": controller.address],
        timeout: .milliseconds(50))
      #expect(outcome.output == "\n" && outcome.errors.isEmpty && outcome.status == .success)
    }
    let refused = await complete(
      ["camera", "get"], prefix: "", environment: ["ASPEN_SERVER": "ftp://nowhere"])
    #expect(refused.output == "\n" && refused.errors.isEmpty)
  }

  @Test("contexts are completed from the file")
  func contexts() async throws {
    let home = try TemporaryDirectory()
    try ProtectedFile.makeDirectory(home.file(".config/aspen"))
    try ProtectedFile.write(
      Array(#"{"contexts":{"yard":{"server":"h"},"gate":{"server":"h"}}}"#.utf8),
      to: home.file(".config/aspen/config.json"))
    let outcome = await complete(
      ["context", "use"], prefix: "y", environment: ["HOME": home.path])
    #expect(outcome.output == "yard\n")
  }

  @Test("every command has a manual page in which no text is taken for a request")
  func manual() async throws {
    let page = await CommandOutcome.of(["man", "camera", "add"])
    #expect(page.output.hasPrefix(".TH \"ASPEN-CAMERA-ADD\" \"1\""))
    #expect(page.output.contains("\n.B \\-\\-password\\-stdin\n"))
    #expect(page.output.contains("[OPTIONS] NAME [ADDRESS]"))
    #expect(await CommandOutcome.of(["man", "frobnicate"]).status == .notFound)
    let directory = try TemporaryDirectory()
    let all = await CommandOutcome.of(["man", "--directory", directory.path])
    #expect(all.status == .success)
    for name in ["aspen.1", "aspen-worker.1", "aspen-role-binding-create.1"] {
      #expect(ProtectedFile.exists(directory.file(name)), "\(name)")
    }
    let root = try ProtectedFile.readText(directory.file("aspen.1"))
    #expect(root.contains("aspen\\-camera(1)"))
  }

  @Test("a text's own dots and backslashes stay text")
  func roff() {
    let tree: JSONValue = [
      "command": ["commandName": "x", "abstract": "a", "discussion": ".SH fake\n'br\\n"]
    ]
    let text = ManualPage.pages(of: tree, version: "1")[0].text
    #expect(text.contains("\n\\&.SH fake\n\\&'br\\en\n"))
  }
}
