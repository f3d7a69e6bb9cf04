/// Names and limits of the WebSockets of ASPEN.
package enum WireProtocol {
  /// Subprotocol of a worker's control connection.
  package static let control = "aspen.control.v1"
  /// Subprotocol of a worker's frame uplink.
  package static let uplink = "aspen.uplink.v1"
  /// Subprotocol of a viewer.
  package static let frames = "aspen.frames.v1"
  /// Subprotocol of a watcher of changes.
  package static let watch = "aspen.watch.v1"
  /// A browser cannot set headers on a WebSocket: it offers its token as a subprotocol with this
  /// prefix, which the server never selects.
  package static let tokenPrefix = "aspen.token."

  /// The largest frame message: an 8K JPEG at high quality with room to spare.
  package static let maxFrameBytes = 16 * 1024 * 1024
  /// The most controllers that a worker keeps connections to: two sites with room to spare.
  package static let maxControllers = 16
  /// The largest control message: the desired set of 10,000 streams.
  package static let maxControlBytes = 16 * 1024 * 1024
}
