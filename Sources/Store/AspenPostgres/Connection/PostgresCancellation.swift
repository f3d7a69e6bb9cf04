import CLibPQ
import Glibc

/// A cancel request for one session (PostgreSQL 34.7). `PQcancel` opens a connection of its own and
/// blocks until the server closes it, so it has a thread of its own for that time. Cancellations are
/// rare and one for each transaction, of which there are as many as connections.
///
/// `@unchecked Sendable`: the pointer is used by one thread after the other: made on the loop, then
/// used and freed on the cancelling thread.
final class PostgresCancellation: @unchecked Sendable {
  private let handle: OpaquePointer

  /// Nil if the connection has no session.
  init?(_ connection: OpaquePointer) {
    guard let handle = PQgetCancel(connection) else { return nil }
    self.handle = handle
  }

  deinit {
    PQfreeCancel(handle)
  }

  /// Sends the request. If that fails, the server's statement timeout ends the statement.
  func send() {
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let cancellation = Unmanaged<PostgresCancellation>.fromOpaque(context).takeRetainedValue()
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(cancellation.handle, &message, 256)
        return nil
      }, context.toOpaque())
    if failure == 0 {
      pthread_detach(thread)
    } else {
      context.release()
    }
  }
}
