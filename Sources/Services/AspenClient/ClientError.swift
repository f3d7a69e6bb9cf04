/// Why a request to the controller failed.
package enum ClientError: Error, Sendable, Hashable {
  /// The controller answered and said no.
  case problem(ServerProblem)
  /// No connection came about, or it broke before the answer; the reason in words.
  case unreachable(String)
  /// The controller did not answer in time.
  case timedOut(String)
  /// What answered does not keep to the API.
  case unexpectedAnswer(String)
  /// The controller's address or the trusted certificates cannot be used.
  case invalidConfiguration(String)
  /// The controller closed a frame connection: WebSocket close code and reason.
  case closed(code: UInt16, reason: String)
  /// The task was cancelled.
  case cancelled
}

extension ClientError {
  /// The same error with what was asked.
  func about(_ subject: RequestSubject?) -> ClientError {
    guard case .problem(var problem) = self else { return self }
    problem.subject = subject
    return .problem(problem)
  }
}

extension ClientError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .problem(let problem): problem.detail
    case .unreachable(let reason), .timedOut(let reason), .unexpectedAnswer(let reason),
      .invalidConfiguration(let reason):
      reason
    case .closed(let code, let reason):
      "the controller closed the connection: " + (reason.isEmpty ? "code \(code)" : reason)
    case .cancelled: "cancelled"
    }
  }
}
