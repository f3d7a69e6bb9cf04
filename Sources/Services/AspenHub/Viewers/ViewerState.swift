import AspenNet
import AspenWire

/// What one viewer is to get next: the newest frame of each stream, in turns.
///
/// A stream has at most one pending frame; a newer one takes its place in the queue, so a slow viewer sees
/// fewer frames and never older ones, and a busy stream does not starve a quiet one. The caller has at most
/// one message in flight: it calls `next` only when the connection has nothing left to write.
struct ViewerState {
  /// What became of an offered frame.
  enum Offer: Sendable, Hashable {
    case queued
    /// Queued in place of one that was not sent yet.
    case replaced
    /// Beyond the viewer's own frame rate.
    case limited
    /// Not newer than what the viewer has, or of a stream that it does not follow.
    case refused
  }

  /// What to send.
  enum Message: Sendable {
    /// The list of the viewer's streams.
    case streams
    case frame(HubFrame)
  }

  private struct StreamSlot {
    var pending: HubFrame?
    /// The order of the last frame that was queued.
    var lastOrder: UInt64 = 0
    var limit: RateLimit?
  }

  private let framesPerSecond: Double?
  private let announces: Bool
  private var mustAnnounce: Bool
  private var slots: [Int64: StreamSlot] = [:]
  /// Streams with a pending frame, whose turn comes first in front.
  private var turns: [Int64] = []
  private var writingSince: MonotonicTime?

  /// Frames that a newer one replaced.
  private(set) var skipped = 0
  /// Frames beyond the viewer's frame rate.
  private(set) var limited = 0
  private(set) var sent = 0

  /// A viewer that follows nothing yet; `announces` is whether it is told its streams.
  init(framesPerSecond: Double?, announces: Bool) {
    self.framesPerSecond = framesPerSecond
    self.announces = announces
    mustAnnounce = announces
  }

  /// The streams to follow from now on. Pending frames of others are dropped.
  mutating func follow(_ streamIDs: Set<Int64>) {
    slots = slots.filter { streamIDs.contains($0.key) }
    turns.removeAll { !streamIDs.contains($0) }
    for streamID in streamIDs where slots[streamID] == nil {
      slots[streamID] = StreamSlot(limit: framesPerSecond.map(RateLimit.init(framesPerSecond:)))
    }
    mustAnnounce = announces
  }

  /// Drops pending frames whose generation is below the lowest of the stream whose frames are taken.
  mutating func dropStale(lowest: (Int64) -> Int64?) {
    turns.removeAll { streamID in
      guard let pending = slots[streamID]?.pending, let lowest = lowest(streamID),
        pending.header.generation < lowest
      else { return false }
      slots[streamID]?.pending = nil
      return true
    }
  }

  /// Takes a frame to be sent, unless it is old or beyond the frame rate.
  mutating func offer(_ frame: HubFrame, at now: MonotonicTime) -> Offer {
    let streamID = frame.header.streamID
    guard let index = slots.index(forKey: streamID) else { return .refused }
    guard frame.order > slots.values[index].lastOrder else { return .refused }
    if slots.values[index].pending != nil {
      // The frame takes the place that its stream has in the frame rate, too.
      slots.values[index].pending = frame
      slots.values[index].lastOrder = frame.order
      skipped += 1
      return .replaced
    }
    if slots.values[index].limit?.admits(at: now) == false {
      limited += 1
      return .limited
    }
    slots.values[index].pending = frame
    slots.values[index].lastOrder = frame.order
    turns.append(streamID)
    return .queued
  }

  /// The next message, when nothing is in flight; it is in flight then.
  mutating func next(at now: MonotonicTime) -> Message? {
    writingSince = nil
    if mustAnnounce {
      mustAnnounce = false
      writingSince = now
      return .streams
    }
    guard !turns.isEmpty else { return nil }
    let streamID = turns.removeFirst()
    guard let frame = slots[streamID]?.pending else { return nil }
    slots[streamID]?.pending = nil
    writingSince = now
    sent += 1
    return .frame(frame)
  }

  /// How long the message in flight has not moved; zero if the connection is idle.
  func stall(isIdle: Bool, lastProgress: MonotonicTime, at now: MonotonicTime) -> Duration {
    guard !isIdle, let writingSince else { return .zero }
    return max(.zero, now - max(writingSince, lastProgress))
  }

  /// Frames that wait; never more than streams.
  var pendingCount: Int { turns.count }
}
