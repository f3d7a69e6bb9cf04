import AspenNet
import AspenTelemetry

extension Listener {
  /// A port of the loopback address that nobody listens at.
  static func closedPort(_ loops: [EventLoop]) throws -> UInt16 {
    let listener = try Listener(
      address: SocketAddress(ip: "127.0.0.1", port: 0), loops: loops, tls: nil, log: Log.silent
    ) { _ in }
    defer { listener.close() }
    return listener.address.port
  }
}
