import AspenCrypto
import CLinux
import Glibc

/// What an attempt to send ended with.
enum SendResult {
  /// Nothing is left to send.
  case drained
  /// The socket takes no more for now.
  case blocked
  /// The connection is over.
  case failed(NetError)
}

/// The TLS half of a stream: a session, and the ciphertext that the socket did not take. Plaintext is
/// encrypted only when the socket is writable, so a slow peer's newest data stays plaintext until then.
final class TLSChannel {
  /// What a peer may leave unread of what the protocol itself sends (answers to key updates …), above
  /// one batch of records; then the connection ends.
  private static let backlogBytes = TLSOutput.capacity + (64 << 10)
  /// Ciphertext that is made before a send.
  private static let batchBytes = 64 << 10

  let session: TLSSession
  let scratch: TLSScratch
  private var backlog: [UInt8] = []
  private var backlogStart = 0

  init(_ session: TLSSession, scratch: TLSScratch) {
    self.session = session
    self.scratch = scratch
  }

  var backlogCount: Int { backlog.count - backlogStart }

  /// Sends the backlog, then encrypts and sends the queue. `progress` is true if the socket took bytes.
  func send(_ queue: inout WriteQueue, to fd: Int32, progress: inout Bool) -> SendResult {
    while true {
      switch sendOutput(to: fd, progress: &progress) {
      case .drained: break
      case let other: return other
      }
      guard session.isOpen, !queue.isEmpty else { return .drained }
      do throws(CryptoError) {
        repeat {
          let count = try queue.withNext(joiningIn: scratch.record) { bytes throws(CryptoError) in
            try session.write(bytes)
          }
          if count == 0 { break }
          queue.consume(count)
        } while !queue.isEmpty && scratch.output.count < Self.batchBytes
      } catch {
        return .failed(.tls(error))
      }
      // A session that makes nothing of its input waits for the peer.
      if scratch.output.count == 0 { return .blocked }
    }
  }

  /// Sends the backlog and what the last call into the session made; keeps what the socket refuses.
  func sendOutput(to fd: Int32, progress: inout Bool) -> SendResult {
    let output = scratch.output
    defer { output.removeAll() }
    while backlogCount > 0 {
      let count = backlog.withUnsafeBytes { bytes in
        aspen_send(fd, bytes.baseAddress.map { $0 + backlogStart }, backlogCount)
      }
      switch outcome(count) {
      case .sent(let count):
        progress = true
        backlogStart += count
      case .retry: break
      case .blocked: return keep(output.bytes)
      case .failed(let error): return .failed(error)
      }
    }
    backlog.removeAll(keepingCapacity: false)
    backlogStart = 0
    var rest = output.bytes
    while !rest.isEmpty {
      switch outcome(aspen_send(fd, rest.baseAddress, rest.count)) {
      case .sent(let count):
        progress = true
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      case .retry: break
      case .blocked: return keep(rest)
      case .failed(let error): return .failed(error)
      }
    }
    return .drained
  }

  private func keep(_ bytes: UnsafeRawBufferPointer) -> SendResult {
    guard backlogCount + bytes.count <= Self.backlogBytes else { return .failed(.queueFull) }
    if backlogStart > 0 {
      backlog.removeFirst(backlogStart)
      backlogStart = 0
    }
    backlog.append(contentsOf: bytes)
    return .blocked
  }

  private enum Outcome {
    case sent(Int)
    case retry, blocked
    case failed(NetError)
  }

  private func outcome(_ count: Int) -> Outcome {
    if count >= 0 { return .sent(count) }
    switch errno {
    case EAGAIN: return .blocked
    case EINTR: return .retry
    case let code: return .failed(NetError(errno: code, call: "send"))
    }
  }
}
