import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/session` and `/v1/setup`: how people sign in.
struct SessionHandlers: Sendable {
  let sessions: SessionService

  /// Signs a person in by name and password; the answer sets the session's cookie.
  func create(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try LoginBody(json: try request.json())
    let opened = try await sessions.open(
      username: body.username, password: body.password, origin: request.origin,
      peer: request.http.peer)
    return answer(201, opened, request)
  }

  /// Who the caller is and what it may do.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    .json(200, ResourceView.session(try request.caller()))
  }

  /// Signs the person out.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    let caller = try request.caller()
    if let digest = caller.sessionSHA256 {
      try await sessions.close(digest, of: caller.actor, origin: request.origin)
    }
    var response = HTTPResponse.noContent
    response.headers.add("Set-Cookie", SessionCookie.clearing)
    return response
  }

  /// Makes the first administrator with the one-time token of the first start, and signs it in.
  func completeSetup(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try SetupBody(json: try request.json())
    let opened = try await sessions.setUp(
      token: body.token, username: body.username, password: body.password,
      origin: request.origin, peer: request.http.peer)
    return answer(201, opened, request)
  }

  private func answer(
    _ status: Int, _ opened: SessionService.Opened, _ request: APIRequest
  ) -> HTTPResponse {
    var response = HTTPResponse.json(status, ResourceView.session(opened.caller))
    response.headers.add(
      "Set-Cookie",
      SessionCookie.setting(
        opened.secret, lifetime: SessionService.lifetime, isTLS: request.http.isTLS))
    return response
  }
}

extension ResourceView {
  /// Who somebody is and what it may do.
  static func session(_ caller: Caller) -> JSONValue {
    session(
      subject: caller.actor, grants: caller.rights.grants, expiresAt: caller.expiresAt)
  }
}
