import AspenModel
import AspenRuntime
import Testing

@testable import AspenController

@Suite("A controller's settings")
struct ControllerConfigurationTests {
  private func configuration(
    _ flags: [String: ConfigurationValue], hostName: String? = "Edge-1.example.org\n"
  ) throws -> ControllerConfiguration {
    var all: [String: ConfigurationValue?] = ["database_url": .text("postgresql:///aspen")]
    for (key, value) in flags { all[key] = value }
    return try ControllerConfiguration(
      ConfigurationSource(
        keys: ControllerConfiguration.Keys.all, file: nil, environment: [:], flags: all),
      defaultMigrations: "migrations", hostName: hostName)
  }

  @Test("without a name a controller is called by its host and port")
  func name() throws {
    #expect(try configuration([:]).name(port: 8480).text == "edge-1-8480")
    #expect(try configuration([:], hostName: nil).name(port: 1).text == "controller-1")
    let long = String(repeating: "x", count: 80)
    #expect(try configuration([:], hostName: long).name(port: 65535).text.count <= 63)
    #expect(try configuration(["name": .text("c2")]).name?.text == "c2")
    #expect(throws: ValidationError.self) { try configuration(["name": .text("C 2")]) }
  }

  @Test("an advertised address is a scheme, a host and a port")
  func advertiseURL() throws {
    #expect(try configuration([:]).advertiseURL == nil)
    let given = try configuration(["advertise_url": .text("https://c1.example:8480/")])
    #expect(given.advertiseURL == "https://c1.example:8480")
    for bad in ["c1:8480", "ftp://c1", "https://c1/x", "ws://c1", "https://u:p@c1"] {
      #expect(throws: ValidationError.self, "\(bad)") {
        try configuration(["advertise_url": .text(bad)])
      }
    }
  }

  @Test("the lease of leadership has bounds")
  func lease() throws {
    #expect(try configuration([:]).leaderLease == .milliseconds(800))
    #expect(try configuration(["leader_lease_ms": .wholeNumber(5_000)]).leaderLease == .seconds(5))
    for bad in [0, 199, 60_001] as [Int64] {
      #expect(throws: ValidationError.self) {
        try configuration(["leader_lease_ms": .wholeNumber(bad)])
      }
    }
  }

  @Test("every address of this machine is none to connect to")
  func wildcard() throws {
    #expect(try ListenAddress("0.0.0.0:1", field: "listen").isWildcard)
    #expect(try ListenAddress("[::]:1", field: "listen").isWildcard)
    #expect(try !ListenAddress("10.0.0.1:1", field: "listen").isWildcard)
  }
}
