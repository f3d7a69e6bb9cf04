import AspenNet

/// The shell of one watch: asks its pull, sends, and asks again when the peer has taken everything.
///
/// `@unchecked Sendable`: touched on its loop only.
final class Watcher: @unchecked Sendable {
  private enum Limits {
    /// Steps without an event before the others on the loop get their turn.
    static let steps = 16
    /// Before a read that failed is tried again.
    static let readPause = Duration.seconds(1)
  }

  let id: UInt64
  private let loop: EventLoop
  private let sink: any WatchSink
  private var pull: any WatchPull
  private let isStillAllowed: @Sendable () async -> Bool
  /// Keeps the place among the watches that are allowed.
  private let ticket: WatchTicket
  private var reading: Task<Void, Never>?
  private var asking: Task<Void, Never>?
  private var lastAsked: MonotonicTime
  private var isWaitingToRead = false
  private var isEnding = false

  init(
    id: UInt64, loop: EventLoop, sink: any WatchSink, pull: any WatchPull, ticket: WatchTicket,
    isStillAllowed: @escaping @Sendable () async -> Bool
  ) {
    self.id = id
    self.loop = loop
    self.sink = sink
    self.pull = pull
    self.ticket = ticket
    self.isStillAllowed = isStillAllowed
    lastAsked = loop.now
  }

  /// Begins; `onClose` comes once, when the connection is over.
  func start(onClose: @escaping () -> Void) {
    sink.start(
      onIdle: { [weak self] in self?.pump() },
      onClose: { [weak self] in
        self?.stop()
        onClose()
      })
    pump()
  }

  /// Sends what there is, if the peer has taken what it was sent before.
  func pump() {
    guard !isEnding, reading == nil, !isWaitingToRead else { return }
    for _ in 0..<Limits.steps {
      guard sink.isIdle else { return }
      switch pull.next(at: loop.now) {
      case .send(let events): sink.send(events)
      case .proceed: continue
      case .wait: return
      case .read(let revision):
        read(after: revision)
        return
      case .end(let event):
        sink.send([event])
        end(.gone)
        return
      }
    }
    loop.schedule(after: .zero) { [weak self] in self?.pump() }
  }

  /// Ends the watch in order.
  func end(_ end: WatchEnd) {
    guard !isEnding else { return }
    stop()
    sink.close(end)
  }

  /// Ends a watch whose peer takes nothing, and asks once in a while whether it is still allowed.
  func check(stall: Duration, recheck: Duration) {
    if !sink.isIdle, loop.now - sink.lastProgress > stall {
      sink.abort()
      return
    }
    if !isEnding, asking == nil, loop.now - lastAsked >= recheck { ask() }
    pump()
  }

  private func read(after revision: Int64) {
    let pull = pull
    reading = loop.runTask { [weak self] in
      let result: Result<[WatchedChange], any Error>
      do {
        result = .success(try await pull.page(after: revision))
      } catch {
        result = .failure(error)
      }
      self?.finishRead(result)
    }
  }

  private func finishRead(_ result: Result<[WatchedChange], any Error>) {
    reading = nil
    guard !isEnding else { return }
    switch result {
    case .success(let page) where !page.isEmpty:
      let events = pull.take(page, at: loop.now)
      sink.send(events)
      // Without events there is nothing that could be drained.
      if events.isEmpty { pump() }
    case .failure(ChangeSourceError.gone(_, let newest)):
      sink.send([WatchEvent(.gone, revision: newest)])
      end(.gone)
    case .success, .failure:
      // The database is away, or knows less than it did: the place is kept until that is clear.
      isWaitingToRead = true
      loop.schedule(after: Limits.readPause) { [weak self] in
        self?.isWaitingToRead = false
        self?.pump()
      }
    }
  }

  private func ask() {
    lastAsked = loop.now
    let isStillAllowed = isStillAllowed
    asking = loop.runTask { [weak self] in
      let isAllowed = await isStillAllowed()
      guard let self else { return }
      asking = nil
      if !isAllowed { end(.revoked) }
    }
  }

  private func stop() {
    isEnding = true
    reading?.cancel()
    asking?.cancel()
  }
}
