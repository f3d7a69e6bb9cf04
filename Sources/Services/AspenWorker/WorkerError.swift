/// Why a worker cannot go on; an operator must act.
package enum WorkerError: Error, Sendable, Hashable {
  /// A value of the configuration does not fit.
  case configuration(field: String, reason: String)
  /// There is neither a stored credential nor a join token.
  case noJoinToken(controller: String)
  /// The controller does not know the join token, or it is used up or expired.
  case joinTokenRefused(controller: String, detail: String)
  /// Another worker has this name.
  case nameTaken(name: String)
  /// The controller refused to join for another reason that will not pass.
  case joinRefused(status: Int, detail: String)
  /// The credential could not be read or stored.
  case state(String)
  /// The certificates could not be read.
  case certificates(String)
  /// The system gave no thread or descriptor.
  case system(String)

  /// The program's exit status (sysexits.h): 78 configuration, 77 permission, 74 files, 71 system.
  package var exitStatus: Int32 {
    switch self {
    case .configuration, .noJoinToken, .nameTaken, .joinRefused, .certificates: 78
    case .joinTokenRefused: 77
    case .state: 74
    case .system: 71
    }
  }
}

extension WorkerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .configuration(let field, let reason): "\(field) \(reason)"
    case .noJoinToken(let controller):
      "there is no stored credential for \(controller) and no join token: give "
        + "--join-token-file or ASPEN_JOIN_TOKEN"
    case .joinTokenRefused(let controller, let detail):
      "\(controller) refused the join token: \(detail)"
    case .nameTaken(let name):
      "another worker is called '\(name)': choose another --name, or delete that worker first"
    case .joinRefused(let status, let detail):
      "the controller refused to let this worker join (\(status)): \(detail)"
    case .state(let reason): "the worker's credential: \(reason)"
    case .certificates(let reason): "the --ca file: \(reason)"
    case .system(let reason): reason
    }
  }
}
