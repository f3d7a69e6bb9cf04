import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen status`
struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tell how the whole is: controller, workers, and the cameras that do not stream.")

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      try await Self.requireReadiness(session)
      let summary = ClusterSummary(
        server: session.client.address,
        cameras: try await session.client.list(APIOperations.cameraList),
        streams: try await session.client.list(APIOperations.streamList),
        workers: try await session.client.list(APIOperations.workerList))
      if session.format == .table {
        context.write(summary.text)
      } else {
        session.printDocument(summary.json)
      }
    }
  }

  private static func requireReadiness(_ session: Session) async throws {
    do throws(ClientError) {
      _ = try await session.client.call(APIOperations.readinessGet)
    } catch {
      guard case .problem(let problem) = error, problem.status == 503 else { throw error }
      throw CommandError(
        .refused, "\(session.client.address) is running but not ready: \(problem.detail)")
    }
  }
}
