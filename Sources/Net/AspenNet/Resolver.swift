import CLinux
import Glibc
import Synchronization

/// Finds the addresses of host names.
package enum Resolver {
  /// `getaddrinfo` blocks for as long as the system's resolver likes; four names that hang do not stop a
  /// fifth for ever, because the system gives up after some seconds.
  private static let pool = BlockingPool(name: "resolver", maxThreads: 4, maxWaiting: 256)

  /// The stream addresses of `host` in the order to try them, at least one. A literal address needs no
  /// lookup. Throws `.resolution`, `.timedOut`, `.cancelled`, or `.queueFull` when 256 lookups wait.
  package static func resolve(
    host: String, port: UInt16, timeout: Duration = .seconds(5)
  ) async throws(NetError) -> [SocketAddress] {
    if let literal = try? SocketAddress(ip: host, port: port) { return [literal] }
    let lookup = Lookup()
    let loop = EventLoop.current
    let result: Result<[SocketAddress], NetError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        lookup.begin(continuation)
        do throws(NetError) {
          try pool.submit { lookup.finish(find(host: host, port: port)) }
        } catch {
          lookup.finish(.failure(error))
        }
        lookup.limit(
          Task(executorPreference: loop) {
            if (try? await sleep(for: timeout, on: loop)) != nil {
              lookup.finish(.failure(.timedOut))
            }
          })
      }
    } onCancel: {
      lookup.finish(.failure(.cancelled))
    }
    return try result.get()
  }

  /// On a loop, so that a process without descriptors lives on: libdispatch's timers open some, and trap
  /// if they get none. A caller without a loop has nothing else.
  private static func sleep(for duration: Duration, on loop: EventLoop?) async throws {
    if let loop {
      try await loop.sleep(for: duration)
    } else {
      try await Task.sleep(for: duration)
    }
  }

  private static func words(_ code: Int32) -> String {
    gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }

  private static func find(host: String, port: UInt16) -> Result<[SocketAddress], NetError> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var first: UnsafeMutablePointer<addrinfo>?
    var code = getaddrinfo(host, nil, &hints, &first)
    // A machine with nothing but loopback has no "configured" address to find names for.
    if code == EAI_NONAME {
      hints.ai_flags = 0
      code = getaddrinfo(host, nil, &hints, &first)
    }
    guard code == 0 else {
      let message = code == EAI_SYSTEM ? String(cString: strerror(errno)) : words(code)
      return .failure(.resolution(host: host, message: message))
    }
    defer { freeaddrinfo(first) }
    var addresses: [SocketAddress] = []
    var next = first
    while let entry = next?.pointee {
      if let system = entry.ai_addr,
        let address = SocketAddress(system, length: entry.ai_addrlen)?.with(port: port),
        !addresses.contains(address)
      {
        addresses.append(address)
      }
      next = entry.ai_next
    }
    return addresses.isEmpty
      ? .failure(.resolution(host: host, message: "it has no address")) : .success(addresses)
  }
}

/// One lookup: the first answer, deadline or cancellation counts.
private final class Lookup: Sendable {
  typealias Answer = Result<[SocketAddress], NetError>

  private struct State {
    var continuation: CheckedContinuation<Answer, Never>?
    var deadline: Task<Void, Never>?
    var answer: Answer?
  }

  private let state = Mutex(State())

  func begin(_ continuation: CheckedContinuation<Answer, Never>) {
    let early = state.withLock { state in
      if state.answer == nil { state.continuation = continuation }
      return state.answer
    }
    if let early { continuation.resume(returning: early) }
  }

  func limit(_ task: Task<Void, Never>) {
    let isOver = state.withLock { state in
      if state.answer == nil { state.deadline = task }
      return state.answer != nil
    }
    if isOver { task.cancel() }
  }

  func finish(_ answer: Answer) {
    let (continuation, deadline) = state.withLock { state in
      guard state.answer == nil else {
        return (nil as CheckedContinuation<Answer, Never>?, nil as Task<Void, Never>?)
      }
      state.answer = answer
      defer {
        state.continuation = nil
        state.deadline = nil
      }
      return (state.continuation, state.deadline)
    }
    deadline?.cancel()
    continuation?.resume(returning: answer)
  }
}
