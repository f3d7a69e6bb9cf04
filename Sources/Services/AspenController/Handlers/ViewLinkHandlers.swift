import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/view-links`: links to the live frames of one stream, for people without an account.
struct ViewLinkHandlers: Sendable {
  let resources: ResourceService
  let signer: ViewLinkSigner?
  let store: Store
  let now: @Sendable () -> Timestamp

  /// Signs a link. Nothing is stored: it ends with its time.
  func create(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try ViewLinkBody(json: try request.json())
    let caller = try request.caller()
    guard let signer else {
      throw Problem(
        .conflict, "this controller has no key to sign links with (secrets_key_file)")
    }
    let stream: Resource
    do {
      stream = try await resources.get(.stream, body.stream, caller.rights)
    } catch StoreError.notFound {
      throw ValidationError("/stream", "names the stream '\(body.stream)', which does not exist")
    }
    guard caller.rights.allows(.operator, cameraLabels: stream.cameraLabels) else {
      throw Problem(.forbidden, "your role does not cover this stream; it needs operator")
    }
    let expiry = Timestamp(
      microseconds: now().microseconds + body.expiresInSeconds * 1_000_000)
    let link = ViewLink(
      streamID: stream.metadata.id, expiresAt: expiry, issuer: caller.actor,
      id: ViewLink.makeID())
    let token = try signer.sign(link)
    try await AuditQueries.record(
      store.pool,
      AuditEvent(
        origin: request.origin, outcome: .succeeded, objectKind: .stream,
        objectName: body.stream.text,
        message: "view link \(link.idText) for stream \(body.stream) until \(link.expiresAt.text)"))
    return .json(
      201,
      ResourceView.viewLink(
        stream: body.stream, token: token,
        path: "/#view=\(token.revealed)&stream=\(body.stream)", expiresAt: link.expiresAt))
  }
}
