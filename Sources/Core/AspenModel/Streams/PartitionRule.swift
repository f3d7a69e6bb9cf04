/// What happens to a stream whose worker is not heard of any more, and may still run it.
package enum PartitionRule: String, Sendable, Hashable, CaseIterable {
  /// Another worker takes over at once. The one that is cut off goes on; its frames are refused.
  case replace
  /// The stream stays with its worker until that comes back, is drained or is deleted.
  case keep
  /// The worker stops the stream when its own lease has run out, and only then another takes over:
  /// the camera never has two connections.
  case stop
}
