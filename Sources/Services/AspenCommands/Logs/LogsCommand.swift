import ArgumentParser
import AspenClient
import AspenModel

/// `aspen logs`
struct LogsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show what the controller logged.",
    discussion: """
      The controller keeps its newest lines in memory; its own log has the older ones.
      aspen logs --level warning --follow
      aspen logs --request-id r-1
      """)

  enum Level: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  @Option(help: "Only lines of this level and graver ones; info unless given.") var level: Level?

  @Option(help: ArgumentHelp("Only the lines of one request, of every level.", valueName: "id"))
  var requestID: String?

  @Option(help: "Show at most so many lines.") var limit: Int?
  @Flag(name: [.customShort("f"), .long], help: "Go on with new lines.") var follow = false
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if let limit, limit < 1 { throw ArgumentParser.ValidationError("--limit must be at least 1.") }
  }

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      if follow { return try await followLines(session) }
      let listing = try await session.client.read("/v1/logs", query: query)
      guard let lines = listing["items"]?.elements else {
        throw ClientError.unexpectedAnswer("its answer to log_list is not a list")
      }
      if session.format == .table {
        context.write(lines.map(LogText.line).joined())
      } else {
        session.printDocument(.array(lines))
      }
    }
  }

  /// Follows for ever; throws what no new connection can mend.
  private func followLines(_ session: Session) async throws {
    var progress = LogProgress()
    var reconnection = Reconnection()
    while true {
      do {
        let events = try await session.client.events(
          "/v1/logs", query: query + [(name: "follow", value: "true")])
        for try await event in events where event.type == "message" || event.type == "line" {
          guard let line = try? JSONValue(parsing: Array(event.data.utf8)) else {
            throw ClientError.unexpectedAnswer("a line of its log is not JSON")
          }
          reconnection.received()
          if progress.isNew(line) { show(line, session) }
        }
        throw ClientError.unreachable("the controller ended the log")
      } catch {
        let error = error as? ClientError ?? .unreachable("\(error)")
        guard let reason = error.passingReason else { throw error }
        session.note("\(reason); connecting again")
        try await Task.sleep(for: reconnection.lost(random: .random(in: 0..<1)))
      }
    }
  }

  private func show(_ line: JSONValue, _ session: Session) {
    switch session.format {
    case .table: session.context.write(LogText.line(line))
    case .json: session.context.write(line.serializedText + "\n")
    case .yaml: session.context.write("---\n" + YAMLText.write(line))
    }
  }

  private var query: [(name: String, value: String)] {
    let parts: [(String, String?)] = [
      ("level", level?.rawValue), ("request_id", requestID), ("limit", limit.map { String($0) }),
    ]
    return parts.compactMap { name, value in value.map { (name: name, value: $0) } }
  }
}
