import AspenAPI
import AspenNet
import AspenWebSocket
import Synchronization

/// Ends connections that stay open when their proof no longer holds: a token was revoked or has expired,
/// a session was closed, a role binding has changed.
///
/// Connections that were opened with one proof share an entry and are looked at together, so that an idle
/// viewer costs a reference and no task, and a thousand viewers with one token cost one question.
final class LiveAccess: Sendable {
  /// What was proved, and for what: connections of the same are judged together.
  private struct Key: Hashable {
    let operation: String
    let proof: [UInt8]
  }

  private struct Entry {
    let request: APIRequest
    var connections: [WeakConnection]
  }

  private struct WeakConnection: Sendable {
    weak let value: WebSocketConnection?
  }

  private let authenticator: Authenticator
  private let entries = Mutex<[Key: Entry]>([:])

  /// How long a connection may outlive its proof.
  static let period = Duration.seconds(5)

  init(authenticator: Authenticator) {
    self.authenticator = authenticator
  }

  /// Watches `connection`, which `request` opened, until it is closed.
  func watch(_ connection: WebSocketConnection, of request: APIRequest) {
    let key = Key(
      operation: request.operation.id, proof: Authenticator.proofDigest(of: request.http))
    entries.withLock { entries in
      entries[key, default: Entry(request: request, connections: [])].connections
        .append(WeakConnection(value: connection))
    }
  }

  /// Looks again and again whether the proofs still hold, until it is cancelled.
  func run(on loop: EventLoop) async {
    while !Task.isCancelled {
      do { try await loop.sleep(for: Self.period) } catch { return }
      for (key, request) in open() where await !authenticator.stillProves(request) {
        end(key)
      }
    }
  }

  /// The proofs that open connections rest on. Forgets closed ones.
  private func open() -> [(Key, APIRequest)] {
    entries.withLock { entries in
      entries = entries.compactMapValues { entry in
        var entry = entry
        entry.connections.removeAll { $0.value == nil }
        return entry.connections.isEmpty ? nil : entry
      }
      return entries.map { ($0.key, $0.value.request) }
    }
  }

  private func end(_ key: Key) {
    let ended = entries.withLock { $0.removeValue(forKey: key) }
    for connection in ended?.connections.compactMap(\.value) ?? [] {
      connection.loop.execute {
        connection.close(code: 1008, reason: "access has ended or changed; connect again")
      }
    }
  }
}
