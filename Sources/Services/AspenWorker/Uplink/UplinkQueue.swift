import AspenWire

/// A picture that a pipeline made, and whose it is.
struct UplinkFrame: Sendable {
  let streamID: Int64
  let generation: Int64
  /// Unix time.
  let captureMicroseconds: Int64
  let width: Int
  let height: Int
  let jpeg: [UInt8]
}

/// Frames on their way to the controller: the newest of each stream, in turns.
///
/// A newer frame takes the place of one that waits, so a slow uplink thins streams out and never delays
/// them. The caller has one frame in flight: it calls `next` only when the connection is idle.
struct UplinkQueue {
  private enum Limits {
    /// Streams whose numbers are remembered, twice what a worker runs. Beyond that those without a waiting
    /// frame begin anew: a stream that left so many others ago is not given back at its old generation.
    static let rememberedStreams = 20_000
  }

  private struct Counter {
    var generation: Int64
    var last: Int64 = 0
  }

  private var pending: [Int64: UplinkFrame] = [:]
  /// Streams with a pending frame, whose turn comes first in front.
  private var turns: [Int64] = []
  private var sequences: [Int64: Counter] = [:]
  /// Frames that a newer one replaced.
  private(set) var skipped = 0
  private(set) var sent = 0

  /// Takes a frame to be sent.
  mutating func offer(_ frame: UplinkFrame) {
    if pending.updateValue(frame, forKey: frame.streamID) == nil {
      turns.append(frame.streamID)
    } else {
      skipped += 1
    }
  }

  /// The next frame's message, numbered from 1 within its generation.
  mutating func next() -> [UInt8]? {
    guard !turns.isEmpty else { return nil }
    let streamID = turns.removeFirst()
    guard let next = pending.removeValue(forKey: streamID) else { return nil }
    var counter = sequences[streamID] ?? Counter(generation: next.generation)
    if counter.generation != next.generation { counter = Counter(generation: next.generation) }
    counter.last += 1
    sequences[streamID] = counter
    if sequences.count > Limits.rememberedStreams {
      sequences = sequences.filter { pending[$0.key] != nil || $0.key == streamID }
    }
    sent += 1
    let header = FrameHeader(
      streamID: streamID, generation: next.generation, sequence: counter.last,
      captureMicroseconds: next.captureMicroseconds, width: next.width,
      height: next.height)
    return header.message(jpeg: next.jpeg)
  }

  /// The pipeline has ended: its frame is forgotten. Its numbers go on, since the next one may be of the
  /// same generation: of that the hub takes no lower number than it had.
  mutating func remove(streamID: Int64) {
    if pending.removeValue(forKey: streamID) != nil { turns.removeAll { $0 == streamID } }
  }

  /// Drops the frames that wait; numbers go on.
  mutating func dropPending() {
    pending = [:]
    turns = []
  }

  /// Frames that wait; never more than streams.
  var count: Int { turns.count }
}
