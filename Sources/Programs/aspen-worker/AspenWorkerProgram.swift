import ArgumentParser
import AspenModel
import AspenRuntime
import AspenTelemetry
import AspenWorker
import FoundationEssentials
import Logging

/// `aspen-worker`: flags and wiring.
@main
struct AspenWorkerProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aspen-worker",
    abstract: "Runs cameras for an ASPEN controller.",
    discussion: """
      Every flag can also be given in the environment (ASPEN_CONTROLLER, ASPEN_WORKER_NAME, \
      ASPEN_LABELS, …) or in a JSON file (controller, name, labels, …). Flags win over the \
      environment, the environment over the file. The join token is needed at the first start only; \
      it comes from a file or from ASPEN_JOIN_TOKEN.
      """,
    version: ProgramVersion.current)

  @Option(help: "A JSON file with settings.")
  var config: String?

  @Option(
    help: """
      The controllers' addresses, separated by commas; one is enough to learn of the others. \
      (default: http://127.0.0.1:8480)
      """)
  var controller: String?

  @Option(help: "A file that holds a join token.")
  var joinTokenFile: String?

  @Option(help: "The worker's name. (default: the host's)")
  var name: String?

  @Option(help: "Labels, KEY=VALUE separated by commas.")
  var labels: String?

  @Option(help: "The most streams to run. (default: 20)")
  var capacity: Int?

  @Option(help: "The directory of the worker's credential. (default: ./aspen-worker-state)")
  var stateDir: String?

  @Option(help: "The directory of the videos of file cameras. (default: ./media)")
  var mediaDir: String?

  @Option(help: "Certificates to trust, PEM. (default: the system's)")
  var ca: String?

  @Option(help: "trace, debug, info, notice, warning or error. (default: info)")
  var logLevel: String?

  func run() throws {
    let signals: ShutdownSignals
    let service: WorkerService
    let log: Logger
    do {
      signals = try ShutdownSignals()
      let source = try readSource()
      guard let level = Logger.Level(rawValue: source.text(WorkerConfiguration.Keys.logLevel) ?? "")
      else {
        throw WorkerError.configuration(
          field: "log_level", reason: "must be trace, debug, info, notice, warning or error")
      }
      log = Log.make("worker", level: level)
      let host = try? ProtectedFile.readText("/proc/sys/kernel/hostname")
      service = try WorkerService(WorkerConfiguration(source, hostName: host), log: log)
    } catch {
      throw Self.failure(error)
    }
    Task {
      let signal = await signals.wait()
      log.info("stop asked for", metadata: ["signal": "\(signal.rawValue)"])
      await service.stop()
    }
    do {
      try MainThread.run { () throws(WorkerError) in try await service.run() }
    } catch {
      throw Self.failure(error)
    }
  }

  private func readSource() throws(RuntimeError) -> ConfigurationSource {
    typealias Keys = WorkerConfiguration.Keys
    return try ConfigurationSource(
      keys: Keys.all, file: config, environment: ProcessInfo.processInfo.environment,
      flags: [
        Keys.controller.name: controller.map { .text($0) },
        Keys.joinTokenFile.name: joinTokenFile.map { .text($0) },
        Keys.name.name: name.map { .text($0) },
        Keys.labels.name: labels.map { .text($0) },
        Keys.capacity.name: capacity.map { .wholeNumber(Int64($0)) },
        Keys.stateDirectory.name: stateDir.map { .text($0) },
        Keys.mediaDirectory.name: mediaDir.map { .text($0) },
        Keys.certificateAuthority.name: ca.map { .text($0) },
        Keys.logLevel.name: logLevel.map { .text($0) },
      ])
  }

  /// Says why on stderr; the exit status tells a supervisor whether trying again can help.
  private static func failure(_ error: any Error) -> ExitCode {
    StandardErrorLine.write("aspen-worker: \(error)")
    return ExitCode((error as? WorkerError)?.exitStatus ?? 78)
  }
}
