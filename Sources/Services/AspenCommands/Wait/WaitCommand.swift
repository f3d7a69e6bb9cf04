import ArgumentParser
import AspenClient
import AspenModel

/// `aspen wait KIND NAME --for=GOAL`
struct WaitCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until a resource is as it should be.",
    discussion: """
      aspen wait camera yard --for=streaming
      aspen wait worker w1 --for=condition=Ready --timeout 5m
      aspen wait stream yard --for=status.phase=stopped
      Exit status 6 says that the time was over before.
      """)

  @Argument(help: ArgumentHelp("camera, stream, worker, …", valueName: "kind"))
  var kind: KindArgument

  @Argument(help: "Its name.", completion: .namesOfKind) var name: String

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "streaming, ready, deleted, condition=TYPE or FIELD=VALUE.", valueName: "goal"))
  var goal: WaitGoal

  @Option(help: ArgumentHelp("The longest wait: 60s, 5m.", valueName: "span"))
  var timeout = SpanArgument(seconds: 60)

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let deadline = ContinuousClock.now + .seconds(timeout.seconds)
      var pace = PollingPace()
      var shown = ""
      while true {
        let state = try await look(session)
        if case .found(let resource) = state, goal.isReached(by: resource) {
          let words = "\(kind.kind.words) \(name) is \(goal.words)"
          return session.print(done: words, resource ?? ["name": .string(name)])
        }
        let words = state.words
        if context.terminal.isInteractive, words != shown {
          context.writeError(TerminalText.line("\(kind.kind.words) \(name): \(words)"))
          shown = words
        }
        let pause = min(pace.pause(), deadline - ContinuousClock.now)
        if pause <= .zero { throw overdue(words) }
        try await Task.sleep(for: pause)
      }
    }
  }

  /// What a look has shown.
  private enum Look {
    /// Nil is a resource that is not there.
    case found(JSONValue?)
    /// The controller did not answer, which may pass.
    case silence(String)

    var words: String {
      switch self {
      case .found(nil): return "it is not there"
      case .silence(let reason): return reason
      case .found(let json?):
        let row = ResourceRow(json: json, now: 0)
        let phase = row.cell(row.value("status", "phase"))
        return row.why == "-" || row.why == phase ? phase : "\(phase): \(row.why)"
      }
    }
  }

  private func look(_ session: Session) async throws -> Look {
    do throws(ClientError) {
      return .found(try await session.client.read(kind.kind, name))
    } catch {
      if case .problem(let problem) = error, problem.status == 404, goal == .deleted {
        return .found(nil)
      }
      guard let reason = error.passingReason else { throw error }
      return .silence(reason)
    }
  }

  private func overdue(_ words: String) -> CommandError {
    CommandError(
      .timeout,
      "\(kind.kind.words) \(name) is not \(goal.words) after \(timeout.seconds) s", words)
  }
}
