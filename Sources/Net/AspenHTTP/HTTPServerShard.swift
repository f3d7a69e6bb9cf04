import AspenNet
import Logging

/// A server's connections on one loop, with what they share there.
///
/// `@unchecked Sendable`: touched on its loop only.
final class HTTPServerShard: @unchecked Sendable {
  let loop: EventLoop
  let configuration: HTTPServerConfiguration
  let handler: @Sendable (HTTPRequest) async -> HTTPResponse
  let log: Logger
  private(set) var isDraining = false
  private var connections: [HTTPConnection] = []
  private var whenEmpty: [@Sendable () -> Void] = []
  private var sweepTimer: LoopTimer?
  private let sweepInterval: Duration
  private var ids = HTTPRequestIDs()
  private var dateSecond = -1
  private var dateLineBytes: [UInt8] = []

  init(
    loop: EventLoop, configuration: HTTPServerConfiguration, log: Logger,
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) {
    self.loop = loop
    self.configuration = configuration
    self.log = log
    self.handler = handler
    let shortest = min(
      configuration.headTimeout, configuration.bodyTimeout, configuration.idleTimeout,
      configuration.writeTimeout, configuration.handlerTimeout)
    sweepInterval = max(.milliseconds(10), min(.seconds(1), shortest / 4))
  }

  func nextRequestID() -> String { ids.next() }

  /// `Date: …` and CR LF, made once a second.
  var dateLine: [UInt8] {
    let second = HTTPDate.currentSecond()
    if second != dateSecond {
      dateSecond = second
      dateLineBytes = Array("Date: \(HTTPDate.text(second: second))\r\n".utf8)
    }
    return dateLineBytes
  }

  func add(_ connection: HTTPConnection) {
    connection.index = connections.count
    connections.append(connection)
    if sweepTimer == nil { scheduleSweep() }
  }

  func remove(_ connection: HTTPConnection) {
    let index = connection.index
    guard index < connections.count, connections[index] === connection else { return }
    let last = connections.removeLast()
    if last !== connection {
      last.index = index
      connections[index] = last
    }
    reportIfEmpty()
  }

  /// Idle connections close now, the others after their response; `whenEmpty` follows the last.
  func drain(within deadline: Duration, whenEmpty report: @escaping @Sendable () -> Void) {
    isDraining = true
    whenEmpty.append(report)
    for connection in Array(connections) { connection.drain() }
    reportIfEmpty()
    guard !connections.isEmpty else { return }
    loop.schedule(after: deadline) { [self] in
      for connection in Array(connections) { connection.abort(.timeout) }
    }
  }

  private func reportIfEmpty() {
    guard connections.isEmpty, !whenEmpty.isEmpty else { return }
    let reports = whenEmpty
    whenEmpty = []
    for report in reports { report() }
  }

  /// One timer for all deadlines of all connections: a connection that answers thousands of
  /// requests a second then pays nothing for its deadlines.
  private func scheduleSweep() {
    sweepTimer = loop.schedule(after: sweepInterval) { [self] in
      for connection in Array(connections) { connection.checkDeadlines(loop.now) }
      if connections.isEmpty { sweepTimer = nil } else { scheduleSweep() }
    }
  }
}
