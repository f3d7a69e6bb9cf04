import AspenNet
import Logging
import Synchronization

/// Listens on channels over a connection of its own, for ever; through a pooler, which lets no
/// notifications pass, it polls instead.
final class PostgresListener: Sendable {
  private struct Subscription {
    let channel: String
    let poll: String
    let onNotify: @Sendable (String) -> Void
  }

  /// How changes are heard of. Said in the log whenever it is another than before.
  private enum Way: String {
    case notifications
    case polling
  }

  private struct State {
    var subscriptions: [Subscription] = []
    var way: Way?
  }

  private let state = Mutex(State())
  private let connection: PostgresConnection
  private let limits: PostgresLimits
  private let log: Logger

  init(
    configuration: PostgresConfiguration, limits: PostgresLimits, loop: EventLoop, log: Logger
  ) {
    self.limits = limits
    self.log = log
    let events = ListenerEvents()
    connection = PostgresConnection(
      configuration: configuration, limits: limits, loop: loop, log: log
    ) { event in events.listener?.received(event) }
    events.listener = self
    let connection = connection
    loop.execute { connection.start() }
  }

  deinit {
    let connection = connection
    connection.loop.execute { connection.close() }
  }

  /// Adds a channel, whose name is lower-case letters, digits and `_`. `poll` is a statement whose one
  /// value stands for the payload.
  func add(
    channel: String, orPoll poll: String, _ onNotify: @escaping @Sendable (String) -> Void
  ) {
    precondition(
      !channel.isEmpty
        && channel.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }, "a channel's name needs no quoting")
    let subscription = Subscription(channel: channel, poll: poll, onNotify: onNotify)
    state.withLock { $0.subscriptions.append(subscription) }
    let connection = connection
    connection.loop.execute { [weak self] in
      guard let epoch = connection.session else { return }
      self?.follow([subscription], epoch, isPooled: connection.isPooled)
    }
  }

  func close() async {
    await connection.closed()
  }

  private func received(_ event: PostgresConnection.Event) {
    switch event {
    case .ready(let epoch, let isPooled):
      follow(state.withLock { $0.subscriptions }, epoch, isPooled: isPooled)
    case .notification(let channel, let payload):
      for subscription in state.withLock({ $0.subscriptions })
      where subscription.channel == channel {
        subscription.onNotify(payload)
      }
    case .down, .replacing, .served:
      break
    }
  }

  /// On the loop.
  private func follow(_ subscriptions: [Subscription], _ epoch: UInt64, isPooled: Bool) {
    for subscription in subscriptions {
      if isPooled {
        poll(subscription, epoch)
      } else {
        listen(subscription, epoch)
      }
    }
    let way = isPooled ? Way.polling : .notifications
    let isOther = state.withLock { state in
      defer { state.way = way }
      return state.way != way
    }
    if isOther {
      log.info(
        "changes in the database are followed",
        metadata: [
          "by": "\(way.rawValue)",
          "why": isPooled ? "a connection pooler lets no notifications pass" : "direct connection",
        ])
    }
  }

  /// Looks for another value once a period, as long as the session lasts; a look that fails leaves it to
  /// the next.
  private func poll(_ subscription: Subscription, _ epoch: UInt64) {
    let (connection, limits) = (connection, limits)
    connection.loop.runTask { [weak self] in
      var known: String?
      while self != nil, connection.session == epoch {
        let request = PostgresRequest(
          subscription.poll, [], timeout: limits.statementTimeout)
        let result = await request.uninterruptedAnswer {
          connection.submit(request, epoch: epoch)
        }
        if case .success(let result) = result, let value = result.rows.first?.cells.first {
          if known != value { subscription.onNotify(known == nil ? "" : value ?? "") }
          known = value
        }
        do { try await connection.loop.sleep(for: limits.pollPeriod) } catch { return }
      }
    }
  }

  /// On the loop. A session in which LISTEN fails is replaced, and the next one tries again.
  private func listen(_ subscription: Subscription, _ epoch: UInt64) {
    let request = PostgresRequest(
      "LISTEN \"\(subscription.channel)\"", [], timeout: limits.statementTimeout)
    let connection = connection
    connection.loop.runTask {
      let result = await request.uninterruptedAnswer {
        connection.submit(request, epoch: epoch)
      }
      switch result {
      case .success: subscription.onNotify("")
      case .failure: connection.loop.execute { connection.replace(epoch: epoch) }
      }
    }
  }
}

/// Lets the connection, which is made before the listener is complete, find it without keeping it alive.
///
/// `@unchecked Sendable`: set once before the connection starts; only read from then on.
private final class ListenerEvents: @unchecked Sendable {
  weak var listener: PostgresListener?
}

extension PostgresConnection {
  /// Closes the connection on its loop and waits for that.
  func closed() async {
    await withCheckedContinuation { continuation in
      let isAccepted = loop.execute { [self] in
        close()
        continuation.resume()
      }
      // A stopped loop has closed it.
      if !isAccepted { continuation.resume() }
    }
  }
}
