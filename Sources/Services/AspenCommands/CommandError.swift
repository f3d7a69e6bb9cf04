import AspenClient
import AspenModel
import AspenRuntime

/// Why a command failed, in a few lines for stderr.
struct CommandError: Error, Hashable {
  let status: CommandStatus
  let lines: [String]

  init(_ status: CommandStatus, _ lines: String...) {
    self.status = status
    self.lines = lines
  }

  init(_ status: CommandStatus, lines: [String]) {
    self.status = status
    self.lines = lines
  }

  init(_ error: ClientError, server: String) {
    status = CommandStatus(error)
    switch error {
    case .problem(let problem): lines = Self.lines(of: problem)
    case .unreachable(let reason): lines = ["cannot reach \(server): \(reason)"]
    case .timedOut(let reason): lines = ["\(server) did not answer in time: \(reason)"]
    case .unexpectedAnswer(let reason): lines = ["\(server) is not an ASPEN controller: \(reason)"]
    default: lines = [error.description]
    }
  }

  init(_ error: RuntimeError) {
    self.init(.usage, error.description)
  }

  init(_ error: ValidationError) {
    status = .usage
    lines = error.violations.map { "\($0.field): \($0.reason)" }
  }

  /// What is printed.
  var text: String {
    lines.enumerated().map { index, line in
      (index == 0 ? "aspen: " : "  ") + TerminalText.line(line)
    }.joined(separator: "\n")
  }

  private static func lines(of problem: ServerProblem) -> [String] {
    var lines: [String]
    switch problem.errors.count {
    case 0: lines = [problem.detail]
    case 1: lines = problem.errors.map { "\($0.field): \($0.reason)" }
    default: lines = [problem.title] + problem.errors.map { "\($0.field): \($0.reason)" }
    }
    if problem.status >= 500, let id = problem.requestID { lines.append("request \(id)") }
    return lines
  }
}
