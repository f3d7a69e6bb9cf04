package import AspenCrypto
import Glibc

/// Why a network operation failed.
package enum NetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nobody listens at the address.
  case connectionRefused
  /// The peer ended the connection before the operation was done.
  case connectionReset
  /// The deadline passed first.
  case timedOut
  /// No route leads to the host or its network.
  case unreachable
  /// The host name has no address, or could not be asked for.
  case resolution(host: String, message: String)
  /// The TLS session failed.
  case tls(CryptoError)
  /// A bounded queue was full.
  case queueFull
  /// The text is not an address.
  case invalidAddress(String)
  /// The task was cancelled.
  case cancelled
  /// The loop or pool has stopped.
  case stopped
  /// A system call failed in a way that has no case of its own.
  case system(errno: Int32, call: String)

  /// The error of a failed system call.
  package init(errno code: Int32, call: String) {
    switch code {
    case ECONNREFUSED: self = .connectionRefused
    case ECONNRESET, EPIPE: self = .connectionReset
    case ETIMEDOUT: self = .timedOut
    case ENETUNREACH, EHOSTUNREACH, EHOSTDOWN, ENETDOWN: self = .unreachable
    default: self = .system(errno: code, call: call)
    }
  }

  /// The failure in words.
  package var description: String {
    switch self {
    case .connectionRefused: "connection refused"
    case .connectionReset: "the peer ended the connection"
    case .timedOut: "timed out"
    case .unreachable: "the host is unreachable"
    case .resolution(let host, let message): "cannot find host \"\(host)\": \(message)"
    case .tls(let error): error.description
    case .queueFull: "too much is waiting: the queue is full"
    case .invalidAddress(let text): "not an address: \"\(text)\""
    case .cancelled: "cancelled"
    case .stopped: "stopped"
    case .system(let code, let call): "\(call): \(String(cString: strerror(code)))"
    }
  }
}
