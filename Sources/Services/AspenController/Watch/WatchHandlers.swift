import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire

/// `/v1/watch`: changes as they happen, as server-sent events or on a WebSocket.
struct WatchHandlers: Sendable {
  let feed: ChangeFeed
  let registry: WatchRegistry

  /// Opens a watch.
  ///
  /// - `kinds`: those to be told of; empty is all that the scope allows.
  /// - `from`: the revision after which the watch begins, as a list gave it; nil is now. The header
  ///   `Last-Event-ID`, with which browsers resume, overrides it.
  /// - `bookmarks`: whether to tell how far the watch has come when nothing else is told.
  ///
  /// Throws `Problem`: `gone` when the feed no longer holds what follows `from`, `rateLimited` when
  /// there are too many watches, `forbidden` for a kind that the scope does not allow, `notAcceptable`
  /// for a request that is no handshake and does not take server-sent events.
  func changes(
    _ request: HTTPRequest, kinds: Set<ResourceKind>, selector: LabelSelector, from: Int64?,
    bookmarks: Bool = true, access: WatchAccess
  ) async throws -> HTTPResponse {
    let filter = WatchFilter(
      kinds: try Self.allowed(kinds, access.scope), selector: selector, scope: access.scope)
    let isSocket = request.headers.contains("Upgrade", token: "websocket")
    if !isSocket { try EventStreamSink.requireAcceptable(request) }
    let from = try Self.place(isSocket ? nil : request.headers["last-event-id"]) ?? from
    if let from, from < 0 { throw ValidationError("from", "must not be negative") }
    let ticket = try registry.admit(access.principal)
    let start = try await begin(from)
    let open = Open(
      registry: registry, ticket: ticket, access: access,
      pull: { [feed] now in
        ChangePull(
          feed: feed,
          state: WatchState(
            after: start.position, epoch: start.epoch, filter: filter, sendsBookmarks: bookmarks,
            announcesStart: from == nil, at: now))
      })
    return isSocket ? open.socket(request) : open.eventStream()
  }

  /// The kinds of a query parameter: names separated by commas; none without one.
  static func kinds(_ text: String?) throws(ValidationError) -> Set<ResourceKind> {
    var kinds: Set<ResourceKind> = []
    for name in text?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      guard let kind = ResourceKind(rawValue: String(name).trimmingSpaces) else {
        let known = ResourceKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("kinds", "has a kind that is none of: \(known)")
      }
      kinds.insert(kind)
    }
    return kinds
  }

  private static func allowed(
    _ kinds: Set<ResourceKind>, _ scope: WatchScope
  ) throws -> Set<ResourceKind> {
    let hidden = kinds.subtracting(scope.kinds).map(\.words).sorted()
    guard hidden.isEmpty else {
      throw Problem(.forbidden, "this access does not show any \(hidden.joined(separator: ", "))")
    }
    return kinds.isEmpty ? scope.kinds : kinds
  }

  private static func place(_ lastEventID: String?) throws(ValidationError) -> Int64? {
    guard let text = lastEventID?.trimmingSpaces, !text.isEmpty else { return nil }
    guard let revision = Int64(text), revision >= 0 else {
      throw ValidationError("Last-Event-ID", "must be the id of an event of this watch")
    }
    return revision
  }

  private func begin(_ revision: Int64?) async throws -> (position: Int64, epoch: Int) {
    do {
      return try await feed.start(after: revision)
    } catch ChangeSourceError.gone(let oldest, let newest) {
      throw Problem(
        .gone, "the changes from \(oldest) to \(newest) are kept; list again and watch from there")
    }
  }

  /// A watch that is allowed and waits for its connection.
  struct Open: Sendable {
    let registry: WatchRegistry
    let ticket: WatchTicket
    let access: WatchAccess
    let pull: @Sendable (MonotonicTime) -> any WatchPull

    /// The answer with server-sent events.
    func eventStream() -> HTTPResponse {
      EventStreamSink.response { upgrade in
        attach(EventStreamSink(upgrade), on: upgrade.stream.loop)
      }
    }

    /// The answer to a WebSocket's handshake.
    func socket(_ request: HTTPRequest) -> HTTPResponse {
      WebSocketServer.upgrade(
        request, subprotocols: [WireProtocol.watch], configuration: WebSocketSink.configuration
      ) { connection in
        attach(WebSocketSink(connection), on: connection.loop)
      }
    }

    private func attach(_ sink: any WatchSink, on loop: EventLoop) {
      registry.attach(
        sink, on: loop, pull(loop.now), ticket: ticket, isStillAllowed: access.isStillAllowed)
    }
  }
}
