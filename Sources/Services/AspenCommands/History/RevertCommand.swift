import ArgumentParser
import AspenClient
import AspenModel

/// `aspen revert KIND NAME --to GENERATION`
struct RevertCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "revert", abstract: "Give a resource back what it was at a generation.",
    discussion: """
      Shows first what would change, and asks on a terminal. A revert is a change of its own: it can \
      be reverted too. If somebody else changes the resource meanwhile, nothing is done.
      """)

  @Argument(help: ArgumentHelp("camera, stream, worker, site, …", valueName: "kind"))
  var kind: KindArgument

  @Argument(help: "Its name.", completion: .namesOfKind) var name: String

  @Option(help: ArgumentHelp("As 'aspen history' shows it.", valueName: "generation"))
  var to: Int64

  @Flag(help: "Say what would change, and change nothing.") var dryRun = false

  @Flag(name: [.customShort("y"), .long], help: "Do not ask.") var yes = false

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if to < 1 { throw ArgumentParser.ValidationError("--to must be at least 1.") }
  }

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let current = try await session.client.call(
        "GET", ControllerClient.path(of: kind.kind, name))
      let version = current.entityTag ?? "*"
      let planned = try await revert(version, isDryRun: true, session)
      let changes = FieldChange.betweenResources(current.body, planned)
      let words = "\(kind.kind.words) \(name)"
      if session.format == .table {
        let lines = changes.flatMap(\.diffLines)
        context.write(lines.map { TerminalText.line($0) + "\n" }.joined())
      }
      if changes.isEmpty {
        return session.print(
          done: "\(words) is as it was at generation \(to) already", current.body ?? .null)
      }
      if dryRun { return session.print(done: "\(words) would be reverted (dry run)", planned) }
      if !yes { try session.confirm("Revert \(words) to generation \(to)?") }
      let reverted = try await revert(version, isDryRun: false, session)
      session.print(done: "\(words) reverted to generation \(to)", reverted)
    }
  }

  private func revert(
    _ version: String, isDryRun: Bool, _ session: Session
  ) async throws -> JSONValue {
    let answer = try await session.client.call(
      "POST", ControllerClient.path(of: kind.kind, name, "revert"),
      query: isDryRun ? [(name: "dry_run", value: "true")] : [],
      body: ["generation": .integer(to)], ifMatch: version)
    return try session.report(answer.body ?? .null) { $0.members == nil ? nil : $0 }
  }
}
