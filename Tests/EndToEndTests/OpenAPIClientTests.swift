import AspenIntegrationSupport
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

  @Test("a fuzzer that reads the document finds nothing")
  func schemathesis() async throws {
    let program = Checkout.root + "/.build/python/bin/schemathesis"
    try #require(
      FileManager.default.isExecutableFile(atPath: program),
      "deploy/test.sh installs schemathesis into .build/python")
    try await withController { system in
      let result = try await ProgramProcess.run(
        program,
        [
          "--config-file", Checkout.root + "/Tests/EndToEndTests/schemathesis.toml",
          "run", system.address + "/openapi.json", "--header",
          "Authorization: Bearer \(system.token)", "--max-examples", "5", "--seed", "1",
          "--workers", "2", "--phases", "examples,fuzzing", "--continue-on-failure",
          "--request-timeout", "10", "--no-color", "--checks", "all",
          // What is valid by itself may still not fit what is there: a version, a key, a name. And the
          // door itself has a test of its own, for every caller.
          "--exclude-checks", "positive_data_acceptance,ignored_auth",
          // Answers that never end.
          "--exclude-operation-id", "change_watch", "--exclude-operation-id", "log_list",
        ], within: .seconds(240))
      #expect(result.exitCode == 0, "\(result.output.suffix(20_000))")
    }
  }
}
