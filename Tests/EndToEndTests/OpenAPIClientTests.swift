import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Foundation
import Testing

/// Programs that know nothing of ASPEN but its OpenAPI document.
@Suite("OpenAPI document")
struct OpenAPIClientTests {
  @Test("a script that has nothing but the document keeps a camera")
  func script() async throws {
    try await withController { system in
      let result = try await ProgramProcess.run(
        "/usr/bin/python3",
        [
          Checkout.root + "/Tests/EndToEndTests/openapi_client.py",
          Checkout.root + "/api/openapi.yaml", system.address, system.token,
        ])
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("ok"))
    }
  }

  @Test(
    "a fuzzer that reads the document finds nothing",
    arguments: ["coverage", "examples,fuzzing,stateful"])
  func schemathesis(phases: String) async throws {
    let program = Checkout.root + "/.build/python/bin/schemathesis"
    try #require(
      FileManager.default.isExecutableFile(atPath: program),
      "deploy/test.sh installs schemathesis into .build/python")
    let tests = Checkout.root + "/Tests/EndToEndTests"
    try await withController { system in
      // Not the token of the document's examples, which the fuzzer changes and deletes.
      let token = try await system.makeToken("fuzzer", "admin")
      let examples = try await system.post("/v1/apply", Self.examples)
      #expect(examples.status == 200, "\(examples.json.serializedText)")
      let result = try await ProgramProcess.run(
        program,
        [
          "--config-file", tests + "/schemathesis.toml", "run", system.address + "/openapi.json",
          "--header", "Authorization: Bearer \(token)", "--seed", "1", "--phases", phases,
          // Two parse Python at once, which Python 3.11 cannot.
          "--workers", "1", "--continue-on-failure",
          // How long it takes to think of a text is no fault of ours.
          "--suppress-health-check", "all", "--request-timeout", "30", "--no-color", "--checks",
          "all",
          // What is valid by itself may still not fit what is there: a version, a key, a name. And the
          // door itself has a test of its own, for every caller.
          "--exclude-checks", "positive_data_acceptance,ignored_auth",
          // Answers that never end.
          "--exclude-operation-id", "change_watch",
        ],
        environment: [
          "SCHEMATHESIS_HOOKS": tests + "/schemathesis_hooks.py", "PYTHONDONTWRITEBYTECODE": "1",
        ],
        within: .seconds(900))
      #expect(result.exitCode == 0, "\(result.output.suffix(20_000))\(result.errors)")
      // All answers would have been 401 if it had lost its token on the way.
      let after = try await system.send("GET", "/v1/session", token: token)
      #expect(after.status == 200)
    }
  }

  /// What the document's examples name, so that they find it.
  private static let examples = """
    {"documents":[
      {"kind":"site","name":"hq","spec":{}},
      {"kind":"camera","name":"yard","spec":{"address":"rtsp://127.0.0.1:9/a","site":"hq"}},
      {"kind":"stream","name":"yard-small","spec":{"camera":"yard"}},
      {"kind":"user","name":"alice","spec":{"password":"correct horse battery"}},
      {"kind":"role_binding","name":"guards",
       "spec":{"subject":{"kind":"user","name":"alice"},"role":"viewer"}}]}
    """
}
