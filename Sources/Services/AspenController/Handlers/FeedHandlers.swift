import AspenAPI
import AspenHTTP
import AspenModel

/// `/v1/watch` and `/v1/logs`.
struct FeedHandlers: Sendable {
  let watches: WatchHandlers
  let logs: LogHandlers
  let authenticator: Authenticator

  /// Follows the changes of what the caller may see.
  func watch(_ request: APIRequest) async throws -> HTTPResponse {
    let caller = try request.caller()
    let readable = Set(
      ResourceKind.allCases.filter { kind in
        let reading = AccessRights.reading(kind)
        return caller.rights.mayCall(reading.role, in: reading.scope)
      })
    let asked = try WatchHandlers.kinds(request.query("kinds"))
    return try .webSocketOrBody(
      try await watches.changes(
        request.http, kinds: asked, selector: try request.selector() ?? .everything,
        from: try request.wholeNumber("from", in: 0...Int64.max),
        bookmarks: try request.flag("bookmarks") ?? true,
        access: access(
          request, caller,
          WatchScope(kinds: readable, cameraScopes: caller.rights.scopes(.viewer)))))
  }

  /// The newest lines of this controller's log.
  func log(_ request: APIRequest) async throws -> HTTPResponse {
    try await logs.list(
      request.http,
      query: LogQuery(
        level: request.query("level"), requestID: try request.text("request_id"),
        limit: try request.wholeNumber("limit", in: 1...Int64(APIParameter.mostLogLines)).map {
          Int($0)
        }),
      follow: try request.flag("follow") ?? false,
      access: access(request, try request.caller(), .everything))
  }

  private func access(
    _ request: APIRequest, _ caller: Caller, _ scope: WatchScope
  ) -> WatchAccess {
    WatchAccess(
      principal: "\(caller.actor.kind.rawValue):\(caller.actor.name)", scope: scope,
      isStillAllowed: { [authenticator] in await authenticator.stillProves(request) })
  }
}
