import AspenNet
import Logging
import Synchronization

/// Listens on channels over a connection of its own, for ever.
final class PostgresListener: Sendable {
  private struct Subscription {
    let channel: String
    let onNotify: @Sendable (String) -> Void
  }

  private let subscriptions = Mutex<[Subscription]>([])
  private let connection: PostgresConnection
  private let limits: PostgresLimits

  init(
    configuration: PostgresConfiguration, limits: PostgresLimits, loop: EventLoop, log: Logger
  ) {
    self.limits = limits
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

  /// Adds a channel, whose name is lower-case letters, digits and `_`.
  func add(channel: String, _ onNotify: @escaping @Sendable (String) -> Void) {
    precondition(
      !channel.isEmpty
        && channel.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }, "a channel's name needs no quoting")
    let subscription = Subscription(channel: channel, onNotify: onNotify)
    subscriptions.withLock { $0.append(subscription) }
    let connection = connection
    connection.loop.execute { [weak self] in
      if let epoch = connection.session { self?.listen(subscription, epoch) }
    }
  }

  func close() async {
    await connection.closed()
  }

  private func received(_ event: PostgresConnection.Event) {
    switch event {
    case .ready(let epoch):
      for subscription in subscriptions.withLock({ $0 }) { listen(subscription, epoch) }
    case .notification(let channel, let payload):
      for subscription in subscriptions.withLock({ $0 }) where subscription.channel == channel {
        subscription.onNotify(payload)
      }
    case .down, .replacing, .served:
      break
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
