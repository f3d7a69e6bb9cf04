import ArgumentParser
import AspenController
import AspenModel
import AspenRuntime
import AspenTelemetry
import FoundationEssentials
import Logging

/// `aspen-controller serve`, which is also what it does when nothing else is said.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run a controller until it is told to stop.",
    discussion: """
      Every flag can also be given in the environment (ASPEN_LISTEN, ASPEN_DATABASE_URL, …) or in a \
      JSON file (listen, database_url, …). Flags win over the environment, the environment over the \
      file.
      """)

  @Option(help: "A JSON file with settings.")
  var config: String?

  @Option(help: "Where to listen, IP:PORT. (default: 127.0.0.1:8480)")
  var listen: String?

  @Option(help: "By which address workers and people reach this controller. (default: as listen)")
  var advertiseUrl: String?

  @Option(help: "What people call this controller. (default: HOSTNAME-PORT)")
  var name: String?

  @Option(help: "How long the lease of the leading controller lasts, 200 to 60000. (default: 800)")
  var leaderLeaseMs: Int?

  @Option(help: "PostgreSQL, as a postgresql:// address.")
  var databaseUrl: String?

  @Option(help: "The directory of the migrations. (default: beside the program, or ./migrations)")
  var migrations: String?

  @Option(help: "At the first start, make an admin's token and write it to this file (mode 0600).")
  var operatorTokenFile: String?

  @Option(help: "At the first start, make a join token and write it to this file (mode 0600).")
  var joinTokenFile: String?

  @Option(help: "Certificate chain, PEM; turns TLS on.")
  var tlsCertificate: String?

  @Option(help: "Private key of the certificate, PEM.")
  var tlsKey: String?

  @Flag(help: "Allow listening beyond loopback without TLS.")
  var insecureListen = false

  @Option(help: "The keys that seal stored secrets; made at the first start (mode 0600).")
  var secretsKeyFile: String?

  @Option(help: "Accept tokens of this OpenID Connect issuer.")
  var oidcIssuer: String?

  @Option(help: "The audience that such a token must be for.")
  var oidcAudience: String?

  @Option(help: "Where the issuer's keys are (JWKS). (default: as its configuration document says)")
  var oidcKeysUrl: String?

  @Option(help: "The claim that lists the bearer's groups. (default: groups)")
  var oidcGroupsClaim: String?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Limit the requests a second of an address and a caller.")
  var rateLimits: Bool?

  @Flag(help: "Hold every answer against the API's declaration; for tests.")
  var checkResponses = false

  @Option(help: "trace, debug, info, notice, warning or error. (default: info)")
  var logLevel: String?

  func run() throws {
    do {
      let signals = try ShutdownSignals()
      let settings = try readSettings()
      guard let level = Logger.Level(rawValue: settings.logLevel) else {
        throw AspenModel.ValidationError(
          "log_level", "must be trace, debug, info, notice, warning or error")
      }
      let recentLog = RecentLog()
      let log = Log.make("controller", level: level, recent: recentLog)
      let service = ControllerService(
        configuration: settings, log: log, recentLog: recentLog)
      try MainThread.run { () throws(any Error) in
        try await service.run(
          loopCount: Self.loopCount,
          onReady: { address in StandardOutput.write(line: "controller ready at \(address)") },
          until: {
            let signal = await signals.wait()
            log.info("stop asked for", metadata: ["signal": "\(signal.rawValue)"])
          })
      }
    } catch {
      StandardErrorLine.write("aspen-controller: \(error)")
      throw ExitCode.failure
    }
  }

  /// More loops than cores only add wake-ups; more than four are for more viewers than one controller
  /// should have.
  private static var loopCount: Int { min(max(ProcessInfo.processInfo.activeProcessorCount, 1), 4) }

  private func readSettings() throws -> ControllerConfiguration {
    typealias Keys = ControllerConfiguration.Keys
    let source = try ConfigurationSource(
      keys: Keys.all, file: config, environment: ProcessInfo.processInfo.environment,
      flags: [
        Keys.listen.name: listen.map { .text($0) },
        Keys.advertiseURL.name: advertiseUrl.map { .text($0) },
        Keys.name.name: name.map { .text($0) },
        Keys.leaderLease.name: leaderLeaseMs.map { .wholeNumber(Int64($0)) },
        Keys.databaseURL.name: databaseUrl.map { .text($0) },
        Keys.migrations.name: migrations.map { .text($0) },
        Keys.operatorTokenFile.name: operatorTokenFile.map { .text($0) },
        Keys.joinTokenFile.name: joinTokenFile.map { .text($0) },
        Keys.tlsCertificate.name: tlsCertificate.map { .text($0) },
        Keys.tlsKey.name: tlsKey.map { .text($0) },
        Keys.insecureListen.name: insecureListen ? .flag(true) : nil,
        Keys.secretsKeyFile.name: secretsKeyFile.map { .text($0) },
        Keys.oidcIssuer.name: oidcIssuer.map { .text($0) },
        Keys.oidcAudience.name: oidcAudience.map { .text($0) },
        Keys.oidcKeysURL.name: oidcKeysUrl.map { .text($0) },
        Keys.oidcGroupsClaim.name: oidcGroupsClaim.map { .text($0) },
        Keys.rateLimits.name: rateLimits.map { .flag($0) },
        Keys.checkResponses.name: checkResponses ? .flag(true) : nil,
        Keys.logLevel.name: logLevel.map { .text($0) },
      ])
    return try ControllerConfiguration(
      source, defaultMigrations: Self.defaultMigrations(),
      hostName: try? ProtectedFile.readText("/proc/sys/kernel/hostname"))
  }

  /// The `migrations` folder beside the program, where a package puts it, or in the current directory.
  private static func defaultMigrations() -> String {
    let program = CommandLine.arguments.first ?? ""
    let directory = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
    let beside = directory + "/migrations"
    return ProtectedFile.exists(beside) ? beside : "migrations"
  }
}
