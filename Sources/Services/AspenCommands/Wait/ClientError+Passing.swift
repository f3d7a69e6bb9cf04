import AspenClient

extension ClientError {
  /// Why a request failed, in words, if trying it again later may help: the controller restarts or
  /// has too much to do.
  var passingReason: String? {
    switch self {
    case .problem(let problem):
      problem.status >= 500 || problem.status == 429 ? problem.detail : nil
    case .unreachable(let reason): "cannot reach the controller: \(reason)"
    case .timedOut(let reason): "the controller does not answer: \(reason)"
    default: nil
    }
  }
}
