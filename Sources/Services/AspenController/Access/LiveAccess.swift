import AspenNet
import AspenWebSocket

/// Ends connections that stay open when their proof no longer holds: a token was revoked or has expired,
/// a session was closed, a role binding has changed.
struct LiveAccess: Sendable {
  let authenticator: Authenticator

  /// How long a connection may outlive its proof.
  static let period = Duration.seconds(5)

  /// Looks again and again whether the sender of `request` may still do what it began, until the
  /// connection is closed. On the connection's loop.
  func watch(_ connection: WebSocketConnection, of request: APIRequest) {
    let loop = connection.loop
    loop.runTask { [authenticator, weak connection] in
      while let open = connection, open.isOpen {
        do { try await loop.sleep(for: Self.period) } catch { return }
        guard let open = connection, open.isOpen else { return }
        if await authenticator.stillProves(request) { continue }
        open.close(code: 1008, reason: "access has ended or changed; connect again")
        return
      }
    }
  }
}
