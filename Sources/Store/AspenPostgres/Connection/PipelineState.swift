import AspenNet

/// Which requests a connection has under way, and whose answer the next result is.
///
/// Results come in the order of the requests (PostgreSQL 34.5, pipeline mode): for each request
/// `result… sync`, where a failed request has its error first and the rest of it as `aborted`. Since
/// every request ends with its own sync, one that fails takes no other with it.
///
/// A script leaves pipeline mode, so it waits until all before it are answered, and all behind it wait
/// for it; it has `result… end` instead.
struct PipelineState {
  enum Event {
    /// A command was done; of several the last counts.
    case done(PostgresResult)
    case failed(PostgresError)
    /// Skipped because an earlier command of the same request failed.
    case aborted
    /// The end of a pipelined request.
    case sync
    /// The end of a command in pipeline mode (means nothing), or of a script.
    case end
  }

  struct Answer {
    let request: PostgresRequest
    let result: Result<PostgresResult, PostgresError>
    /// How many commands of the request were done, be it that a later one failed.
    var commandsDone = 0
  }

  private var sent = FIFO<PostgresRequest>()
  private var waiting = FIFO<PostgresRequest>()
  private var outcome: Result<PostgresResult, PostgresError>?
  private var commandsDone = 0
  private var isRunningScript = false
  /// Since when the oldest sent request is the oldest.
  private(set) var headSince: MonotonicTime?

  /// The request that the server works on.
  var head: PostgresRequest? { sent.first }
  /// Requests without an answer.
  var count: Int { sent.count + waiting.count }
  /// Whether the server owes an answer.
  var isRunning: Bool { !sent.isEmpty }

  mutating func submit(_ request: PostgresRequest) {
    waiting.append(request)
  }

  /// The next request to send now, if any.
  mutating func next(at now: MonotonicTime) -> PostgresRequest? {
    guard let request = waiting.first, !isRunningScript,
      request.kind != .script || sent.isEmpty
    else { return nil }
    _ = waiting.popFirst()
    isRunningScript = request.kind == .script
    if sent.isEmpty { headSince = now }
    sent.append(request)
    return request
  }

  /// Takes what the server sent; returns the answer that it completes.
  mutating func received(_ event: Event, at now: MonotonicTime) -> Answer? {
    switch event {
    case .done(let result):
      commandsDone += 1
      if case .failure = outcome { return nil }
      outcome = .success(result)
      return nil
    case .failed(let error):
      if case .failure = outcome { return nil }
      outcome = .failure(error)
      return nil
    case .aborted:
      return nil
    case .sync:
      return completeHead(at: now)
    case .end:
      return isRunningScript ? completeHead(at: now) : nil
    }
  }

  /// Requests whose deadline has passed and that still have a waiter.
  func overdue(at now: MonotonicTime) -> [PostgresRequest] {
    (sent.elements + waiting.elements).filter { $0.deadline <= now && !$0.isFinished }
  }

  /// Empties the pipeline of a connection that is gone.
  mutating func abandon(_ error: PostgresError) -> [Answer] {
    var answers: [Answer] = []
    // The error that came last says more than the loss of the connection that followed.
    if let head = sent.popFirst() {
      var result: Result<PostgresResult, PostgresError> = .failure(error)
      if case .failure(let cause) = outcome { result = .failure(cause) }
      answers.append(Answer(request: head, result: result))
    }
    while let request = sent.popFirst() ?? waiting.popFirst() {
      answers.append(Answer(request: request, result: .failure(error)))
    }
    self = PipelineState()
    return answers
  }

  private mutating func completeHead(at now: MonotonicTime) -> Answer? {
    let result = outcome ?? .failure(.unavailable("the server sent no result"))
    let done = commandsDone
    outcome = nil
    commandsDone = 0
    isRunningScript = false
    guard let request = sent.popFirst() else { return nil }
    headSince = sent.isEmpty ? nil : now
    return Answer(request: request, result: result, commandsDone: done)
  }
}
