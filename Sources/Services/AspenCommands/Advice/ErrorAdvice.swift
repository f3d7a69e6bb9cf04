import AspenAPI
import AspenClient
import AspenModel

/// Says what to do about a failed request: the error of a command from that of the client.
struct ErrorAdvice {
  let client: ControllerClient
  let settings: ClientSettings

  /// How long the names are looked up for "did you mean": an error should not take much longer than
  /// the request.
  private static let lookupTime = Duration.seconds(2)

  /// The command's error: what happened, then what to do.
  func error(for error: ClientError) async -> CommandError {
    let plain = CommandError(error, server: settings.server)
    return CommandError(plain.status, lines: plain.lines + (await lines(for: error)))
  }

  /// A line when the controller is newer than this program by more than fixes.
  var versionWarning: String? {
    guard let server = client.serverVersion, let own = VersionNumber(ProgramVersion.current),
      own < server, !own.isAlike(server)
    else { return nil }
    return "aspen: warning: the controller is \(server) and this aspen is \(own): "
      + "what is new there may be missing here; update aspen"
  }

  private func lines(for error: ClientError) async -> [String] {
    switch error {
    case .problem(let problem): await lines(for: problem)
    case .unreachable, .timedOut: [whereServerIsFrom]
    case .unexpectedAnswer, .invalidConfiguration, .closed, .cancelled: []
    }
  }

  private func lines(for problem: ServerProblem) async -> [String] {
    switch problem.status {
    case 400: skewLines(if: problem.errors.contains { $0.reason.contains("not a known") })
    case 401: problem.subject?.operation == APIOperations.sessionCreate ? [] : [signIn]
    case 403: [Self.role(for: problem.subject)]
    case 404: await missing(problem)
    case 405: skewLines(if: true)
    case 412: Self.changed(problem.subject)
    case 428: skewLines(if: true)
    case 429: ["wait a moment; it was tried several times"]
    default: []
    }
  }

  private var whereServerIsFrom: String {
    switch settings.serverOrigin {
    case .flag: "--server names it; is the controller running there?"
    case .environment: "ASPEN_SERVER names it; is the controller running there?"
    case .context(let name):
      "the context '\(name)' names it; others: aspen context list, aspen login URL"
    case .file: "the configuration file names it; another: aspen login URL, or --server URL"
    case .default:
      "no controller is named: run aspen login URL, or give --server URL or ASPEN_SERVER"
    }
  }

  private var signIn: String {
    switch settings.credential {
    case .none: "sign in: aspen login \(settings.server)"
    case .session: "the session has ended; sign in again: aspen login \(settings.server)"
    case .token:
      "the token is not valid here: aspen login \(settings.server), --token-file or ASPEN_TOKEN"
    }
  }

  private static func role(for subject: RequestSubject?) -> String {
    guard let subject, let role = NeededRole(subject.operation) else {
      return "aspen whoami shows what you may do"
    }
    return "it needs \(role.words); aspen whoami shows what you have"
  }

  private static func changed(_ subject: RequestSubject?) -> [String] {
    guard let subject, let name = subject.name else { return [] }
    let noun = CommandWords.noun(of: subject.operation)
    return [
      "somebody else changed it in between; read it again: aspen \(noun) get \(name)",
      "who and what: aspen history \(noun) \(name)",
    ]
  }

  private func missing(_ problem: ServerProblem) async -> [String] {
    guard let subject = problem.subject else { return [] }
    guard let name = subject.name else { return skewLines(if: true) }
    let names = await names(beside: subject.operation)
    let close = EditDistance.closest(to: name, among: names)
    let noun = CommandWords.noun(of: subject.operation)
    if !close.isEmpty { return ["did you mean: \(close.joined(separator: ", "))"] }
    return names.isEmpty ? [] : ["what there is: aspen \(noun) list"]
  }

  /// The names of a kind, as many as fit one page. Nothing when they cannot be had.
  private func names(beside operation: APIOperation) async -> [String] {
    guard let brace = operation.path.firstRange(of: "/{") else { return [] }
    let answer = try? await client.call(
      "GET", String(operation.path[..<brace.lowerBound]),
      query: [
        (name: "fields", value: operation.path.contains("{stream}") ? "stream" : "name"),
        (name: "limit", value: String(ControllerClient.maxPageItems)),
      ], timeout: Self.lookupTime)
    return (answer?.body?["items"]?.elements ?? []).map { ResourceDocument($0).name }
  }

  /// Both versions, if they differ and `isLikely` it is that one does not know what the other means.
  private func skewLines(if isLikely: Bool) -> [String] {
    guard isLikely, let server = client.serverVersion,
      let own = VersionNumber(ProgramVersion.current), !own.isAlike(server)
    else { return [] }
    return [
      "the controller is \(server) and this aspen is \(own): one may not know the other's words"
    ]
  }
}
