import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet
import AspenTelemetry
import Logging

/// Which lines of the log somebody wants.
struct LogQuery: Sendable, Hashable {
  private enum Limits {
    static let usual = APIParameter.usualPage
    static let most = APIParameter.mostLogLines
  }

  /// The least level.
  let level: Logger.Level
  /// Only lines of this request.
  let requestID: String?
  /// The most lines, the newest of those that match.
  let limit: Int

  /// A query from the parameters of a request; errors name them.
  init(level: String?, requestID: String?, limit: Int?) throws(ValidationError) {
    // Of one request everything matters, of all together what an operator acts on.
    let usual = requestID == nil ? Logger.Level.info : .trace
    guard let least = level.map(Logger.Level.init(rawValue:)) ?? usual else {
      let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("level", "must be one of: \(known)")
    }
    guard (1...Limits.most).contains(limit ?? Limits.usual) else {
      throw ValidationError("limit", "must be a whole number from 1 to \(Limits.most)")
    }
    self.level = least
    self.requestID = requestID
    self.limit = limit ?? Limits.usual
  }

  /// Whether a line is wanted.
  func matches(_ line: LogLine) -> Bool {
    guard line.level >= level else { return false }
    return requestID.map { $0 == line["request_id"] || $0 == line["request"] } ?? true
  }
}

/// `/v1/logs`: the newest lines of this controller's log.
struct LogHandlers: Sendable {
  private enum Limits {
    /// Those who follow the log at a time: operators, not programs.
    static let followers = 20
  }

  private let log: RecentLog
  private let registry: WatchRegistry

  /// Handlers for connections of these loops.
  init(log: RecentLog, loops: [EventLoop]) {
    var limits = WatchRegistry.Limits()
    limits.total = Limits.followers
    limits.perPrincipal = Limits.followers
    let registry = WatchRegistry(loops: loops, limits: limits)
    self.log = log
    self.registry = registry
    log.onAppend { if registry.count > 0 { registry.wake() } }
  }

  /// The newest lines that match, newest last; with `follow` as server-sent events that go on with each
  /// new line.
  func list(
    _ request: HTTPRequest, query: LogQuery, follow: Bool, access: WatchAccess
  ) async throws -> HTTPResponse {
    let found = log.newest(query.limit, where: query.matches)
    guard follow else {
      return .json(200, ["items": .array(found.lines.map(\.json))])
    }
    try EventStreamSink.requireAcceptable(request)
    let ticket = try registry.admit(access.principal)
    return WatchHandlers.Open(
      registry: registry, ticket: ticket, access: access,
      pull: { [log] now in LogPull(log: log, query: query, after: found.before, at: now) }
    ).eventStream()
  }

  /// Ends all that follow.
  func closeAll() { registry.closeAll(.shutdown) }
}

/// The lines of the log, for one who follows. Who is too slow misses lines and is told how many.
struct LogPull: WatchPull {
  private let log: RecentLog
  private let query: LogQuery
  private var position: Int64
  private var lastSent: MonotonicTime

  init(log: RecentLog, query: LogQuery, after position: Int64, at now: MonotonicTime) {
    self.log = log
    self.query = query
    self.position = position
    lastSent = now
  }

  mutating func next(at now: MonotonicTime) -> WatchState.Step {
    // A line is at most as long as a batch, and the number of lines bounds the rest.
    let window = log.window(after: position, limit: 32)
    position = window.position
    var events = window.lines.filter(query.matches).map { WatchEvent(name: "line", json: $0.json) }
    if window.skipped > 0 {
      events.insert(WatchEvent(name: "skipped", json: ["count": .integer(window.skipped)]), at: 0)
    }
    if events.isEmpty, now - lastSent >= WatchState.Limits.bookmarkPeriod {
      events = [.keepAlive]
    }
    guard events.isEmpty else {
      lastSent = now
      return .send(events)
    }
    return window.lines.isEmpty ? .wait : .proceed
  }

  /// Never asked for: all that there is to read is in memory.
  func page(after revision: Int64) async throws -> [WatchedChange] { [] }

  mutating func take(_ page: [WatchedChange], at now: MonotonicTime) -> [WatchEvent] { [] }
}

extension LogLine {
  /// The line as the API shows it.
  fileprivate var json: JSONValue {
    [
      "at": .string(Timestamp(microseconds: microseconds).text), "level": .string(level.rawValue),
      "message": .string(message),
      "fields": .object(fields.map { .init($0.name, .string($0.value)) }),
    ]
  }
}
