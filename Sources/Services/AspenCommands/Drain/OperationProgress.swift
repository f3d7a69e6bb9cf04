import AspenClient
import AspenModel

/// How far work is that takes longer than a request.
struct OperationProgress: Sendable, Hashable {
  let name: String
  let state: String
  let message: String
  let done: Int64?
  let total: Int64?

  /// Nil when the answer is no operation.
  init?(_ json: JSONValue) {
    let status = json["status"]
    guard let name = json["name"]?.text, let state = status?["state"]?.text else { return nil }
    self.name = name
    self.state = state
    message = status?["message"]?.text ?? ""
    done = status?["done"]?.wholeNumber
    total = status?["total"]?.wholeNumber
  }

  /// Whether it will not change any more.
  var isFinal: Bool { ["succeeded", "failed", "cancelled"].contains(state) }
  var hasSucceeded: Bool { state == "succeeded" }

  /// `running, 3 of 5: moving yard`
  var words: String {
    var text = state
    if let done { text += ", \(done)" + (total.map { " of \($0)" } ?? "") }
    return message.isEmpty ? text : "\(text): \(message)"
  }
}

extension Session {
  /// Looks at an operation until it is over; throws when it fails or the time is up. Each change is
  /// told on standard error when somebody sits there.
  func finish(_ operation: OperationProgress, timeout: SpanArgument) async throws -> JSONValue {
    let deadline = ContinuousClock.now + .seconds(timeout.seconds)
    var pace = PollingPace()
    var shown = ""
    while true {
      let json = try await client.read(.operation, operation.name)
      let progress = try report(json, OperationProgress.init)
      if progress.hasSucceeded { return json }
      if progress.isFinal {
        throw CommandError(.refused, "operation \(progress.name) \(progress.words)")
      }
      if context.terminal.isInteractive, progress.words != shown {
        context.writeError(TerminalText.line(progress.words))
        shown = progress.words
      }
      let pause = min(pace.pause(), deadline - ContinuousClock.now)
      if pause <= .zero {
        throw CommandError(
          .timeout, "operation \(progress.name) is not over after \(timeout.seconds) s",
          progress.words)
      }
      try await Task.sleep(for: pause)
    }
  }
}
