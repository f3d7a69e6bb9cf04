import CLinux

/// What a descriptor is ready for, or what to watch it for.
public struct Readiness: OptionSet, Hashable, Sendable {
  /// The bits as epoll counts them.
  public let rawValue: UInt32

  /// The readiness with these epoll bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Reading will not block.
  public static let readable = Readiness(rawValue: 0x001)
  /// Writing will not block.
  public static let writable = Readiness(rawValue: 0x004)
  /// The descriptor has an error. Always reported.
  public static let failed = Readiness(rawValue: 0x008)
  /// Both directions have ended. Always reported.
  public static let hungUp = Readiness(rawValue: 0x010)
  /// The peer will send no more.
  public static let peerEnded = Readiness(rawValue: 0x2000)
}

/// When a watched descriptor is reported.
public enum ReadinessMode: Sendable {
  /// Once for each change; the source reads or writes until the system says "would block".
  case edge
  /// In every turn while it is ready; for descriptors that another library reads, as libpq does.
  case level
}

/// Somebody who waits for descriptors on a loop. A class with overridable methods, because a call
/// through an existential costs more on the hot path.
///
/// `@unchecked Sendable`: a source is confined to the loop that watches it; only that loop calls it.
open class ReadinessSource: @unchecked Sendable {
  /// A source that waits for nothing yet.
  public init() {}

  /// The watched descriptor became ready. Never called again for a descriptor after `unwatch`, not
  /// even for an event that the same `epoll_wait` had brought.
  open func ready(_ readiness: Readiness) {}

  /// The turn in which `EventLoop.notifyAtEndOfTurn` was called ends.
  open func turnEnded() {}

  /// The loop stops: give back descriptors and tell whoever waits. Called once for each watched
  /// descriptor.
  open func loopStopped() {}
}
