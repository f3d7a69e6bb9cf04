import AspenModel
import Glibc
import Synchronization

/// Finds a host's numeric addresses.
///
/// libav would do it in a call that cannot be interrupted, and again for each of its sockets.
enum HostResolver {
  /// At most four addresses are worth a try within one attempt.
  static let maxAddresses = 4

  private final class Answer: Sendable {
    let addresses = Mutex<[String]?>(nil)
  }

  /// The numeric addresses of `host` in the system's order of preference, IPv6 without brackets.
  ///
  /// A name is looked up on a thread of its own, which is left behind if it takes too long.
  /// Throws `resolution`; empty if the camera must stop.
  static func resolve(
    host: String, control: CameraControl, timeout: Duration
  ) throws(CameraFailure) -> [String] {
    if let numeric = lookUp(host, flags: AI_NUMERICHOST) { return numeric }
    let answer = Answer()
    do {
      try PosixThread.start(name: "cam-resolve") {
        let found = lookUp(host, flags: AI_ADDRCONFIG) ?? []
        answer.addresses.withLock { $0 = found }
        control.wake()
      }
    } catch {
      throw CameraFailure(.resolution, "\(error)")
    }
    let deadline = Clocks.monotonicMicroseconds() + timeout.microseconds
    let isDone = { answer.addresses.withLock { $0 != nil } }
    guard control.wait(untilMicroseconds: deadline, isDone: isDone) else { return [] }
    guard let addresses = answer.addresses.withLock({ $0 }) else {
      throw CameraFailure(
        .resolution, "the name server did not answer for \(host) within \(timeout)")
    }
    if addresses.isEmpty { throw CameraFailure(.resolution, "there is no host \(host)") }
    return addresses
  }

  /// Nil if there is no such host; blocks unless `flags` says that it is numeric.
  private static func lookUp(_ host: String, flags: Int32) -> [String]? {
    var hints = addrinfo()
    hints.ai_flags = flags
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return nil }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next?.pointee, addresses.count < maxAddresses {
      var text = [UInt8](repeating: 0, count: Int(NI_MAXHOST))
      let code = text.withUnsafeMutableBytes { buffer in
        getnameinfo(
          entry.ai_addr, entry.ai_addrlen,
          buffer.baseAddress?.assumingMemoryBound(to: CChar.self), socklen_t(buffer.count), nil, 0,
          NI_NUMERICHOST)
      }
      if code == 0 { addresses.append(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)) }
      next = entry.ai_next
    }
    return addresses.isEmpty ? nil : addresses
  }
}
