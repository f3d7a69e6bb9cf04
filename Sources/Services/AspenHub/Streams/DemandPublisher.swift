import AspenModel
import AspenNet

/// Joins the demands of all shards and tells the owner, in order, on one loop.
///
/// `@unchecked Sendable`: its book is touched on its loop only.
final class DemandPublisher: @unchecked Sendable {
  private let loop: EventLoop
  private let publish: @Sendable ([Int64: FrameDemand]) -> Void
  private var book = DemandBook()
  private var isPublishing = false

  init(loop: EventLoop, publish: @escaping @Sendable ([Int64: FrameDemand]) -> Void) {
    self.loop = loop
    self.publish = publish
  }

  /// Takes a shard's changed demands. Any thread.
  func update(shard: Int, _ changes: [Int64: FrameDemand?]) {
    loop.execute { [self] in
      guard book.update(shard: shard, changes), !isPublishing else { return }
      isPublishing = true
      // After the updates of other shards that came with this turn.
      loop.execute { [self] in
        isPublishing = false
        publish(book.union)
      }
    }
  }
}
