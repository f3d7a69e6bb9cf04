package import AspenCrypto
package import AspenNet

/// Opens connections to the servers of addresses.
package enum HTTPDialer {
  /// Resolves the host and connects to the first of its addresses that answers, before `deadline`.
  /// `tls` is needed for https and wss.
  package static func connect(
    to url: HTTPURL, tls: TLSClientContext?, deadline: MonotonicTime, on loop: EventLoop
  ) async throws(NetError) -> ByteStream {
    var session: (TLSClientContext, serverName: String)?
    if url.isTLS {
      guard let tls else { throw .tls(.setup("no certificates to trust are configured")) }
      session = (tls, url.host)
    }
    let addresses: [SocketAddress]
    if let path = url.unixPath {
      addresses = [SocketAddress(unixPath: path)]
    } else if let literal = try? SocketAddress(ip: url.host, port: url.port) {
      addresses = [literal]
    } else {
      addresses = try await Resolver.resolve(
        host: url.host, port: url.port, timeout: remaining(deadline))
    }
    var failure = NetError.resolution(host: url.host, message: "it has no address")
    for (index, address) in addresses.enumerated() {
      // An address that swallows packets must leave time for the others.
      let share = try remaining(deadline) / (addresses.count - index)
      do {
        return try await Connector.connect(to: address, tls: session, timeout: share, on: loop)
      } catch {
        if error == .cancelled { throw error }
        failure = error
      }
    }
    throw failure
  }

  private static func remaining(_ deadline: MonotonicTime) throws(NetError) -> Duration {
    let left = deadline - MonotonicTime.current()
    guard left > .zero else { throw .timedOut }
    return left
  }
}
