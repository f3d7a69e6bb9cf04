import Glibc

/// Starts threads for work that blocks, which must stay off the cooperative pool.
enum PosixThread {
  private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Runs `body` on a new thread that nobody joins. The kernel keeps 15 bytes of the name.
  static func start(
    name: String, _ body: @escaping @Sendable () -> Void
  ) throws(PosixThreadError) {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        PosixThread.nameThread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw PosixThreadError(code: code)
    }
    pthread_detach(thread)
  }

  /// For `top -H` and crash reports only, so a failure does not matter.
  private static func nameThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
    close(file)
  }
}

/// The system refused a thread.
struct PosixThreadError: Error, CustomStringConvertible {
  let code: Int32

  var description: String { "no thread could be started: \(String(cString: strerror(code)))" }
}
