import Synchronization

/// A fixed number of loops that share the connections of a process.
package final class EventLoopGroup: Sendable {
  /// The loops; at least one. More than there are cores costs a fifth of the throughput.
  package let loops: [EventLoop]
  private let turn = Atomic<UInt>(0)

  /// Starts `count` loops (at least one) that are called `name-0` and so on.
  package init(count: Int, name: String) throws(NetError) {
    var loops: [EventLoop] = []
    do throws(NetError) {
      for index in 0..<max(1, count) {
        loops.append(try EventLoop(name: "\(name)-\(index)"))
      }
    } catch {
      for loop in loops { loop.stop() }
      throw error
    }
    self.loops = loops
  }

  /// The loops in turn.
  package func next() -> EventLoop {
    let place = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return loops[Int(place % UInt(loops.count))]
  }

  /// Stops all loops and waits for their threads.
  package func stop() {
    for loop in loops { loop.stop() }
  }
}
