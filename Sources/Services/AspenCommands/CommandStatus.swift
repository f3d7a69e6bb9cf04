import AspenClient

/// What the program's exit status says to scripts.
package enum CommandStatus: Int32, Sendable, CaseIterable {
  case success = 0
  /// The controller said no, or something went wrong with what it said.
  case refused = 1
  /// The command line or the configuration is wrong.
  case usage = 2
  /// The controller cannot be reached.
  case unreachable = 3
  /// The token is missing, wrong, or does not allow this.
  case unauthorized = 4
  /// The thing does not exist.
  case notFound = 5
  /// It took too long.
  case timeout = 6

  /// The status that goes with a failed request.
  init(_ error: ClientError) {
    switch error {
    case .problem(let problem):
      switch problem.status {
      case 401, 403: self = .unauthorized
      case 404: self = .notFound
      default: self = .refused
      }
    case .unreachable: self = .unreachable
    case .timedOut: self = .timeout
    case .invalidConfiguration: self = .usage
    case .unexpectedAnswer, .closed, .cancelled: self = .refused
    }
  }
}
