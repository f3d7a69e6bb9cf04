import ArgumentParser
import AspenClient
import AspenModel

/// `aspen explain camera|stream|worker NAME`
struct ExplainCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say where a camera's streams run, why there and not elsewhere, and what to do.",
    discussion: """
      aspen explain camera yard
      aspen explain worker edge-1    what would happen to streams if it went
      """)

  enum Kind: String, ExpressibleByArgument, CaseIterable { case camera, stream, worker }

  @Argument(help: "What to explain.") var kind: Kind
  @Argument(help: "Its name.", completion: .namesOfKind) var name: String
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      if kind == .worker { return try await explainWorker(session, in: context) }
      let names = try await streams(session)
      if names.isEmpty {
        throw CommandError(
          .notFound, "camera \(name) has no stream",
          "add one: aspen stream add \(name) --camera \(name)")
      }
      var explanations: [StreamExplanation] = []
      for name in names { explanations.append(try await Self.explain(name, session)) }
      if session.format == .table {
        context.write(explanations.map(\.text).joined(separator: "\n"))
      } else if kind == .stream, let explanation = explanations.first {
        session.printDocument(explanation.json)
      } else {
        session.printDocument(.array(explanations.map(\.json)))
      }
    }
  }

  private func explainWorker(_ session: Session, in context: CommandContext) async throws {
    let explanation = try await session.client.read(.worker, name, "explain")
    if session.format == .table {
      context.write(WorkerExplanation(json: explanation).text)
    } else {
      session.printDocument(explanation)
    }
  }

  /// The stream itself, or the camera's.
  private func streams(_ session: Session) async throws -> [String] {
    if kind == .stream { return [name] }
    let camera = try await session.client.read(.camera, name)
    return (camera["status"]?["streams"]?.elements ?? []).compactMap(\.text)
  }

  static func explain(_ name: String, _ session: Session) async throws -> StreamExplanation {
    let explanation = try await session.client.read(.stream, name, "explain")
    // Its faults and conditions help, but the explanation stands without them.
    let stream = try? await session.client.read(.stream, name)
    return StreamExplanation(explanation: explanation, stream: stream)
  }
}
