/// The watched descriptors of a loop, by number.
///
/// An event carries descriptor and generation. A descriptor that was closed within the batch, even one
/// that the system gave out again at once, has another generation, so its stale events find nobody.
/// The table owns the sources: a source lives at least until it is unwatched.
struct ReadinessTable {
  private struct Entry {
    var source: ReadinessSource?
    var mode = ReadinessMode.level
    var generation: UInt32 = 0
  }

  private var entries: [Entry] = []

  /// Adds the source and returns the token of its events; nil if the descriptor is watched already.
  mutating func add(_ fd: Int32, _ source: ReadinessSource, mode: ReadinessMode) -> UInt64? {
    let place = Int(fd)
    while entries.count <= place { entries.append(Entry()) }
    guard entries[place].source == nil else { return nil }
    entries[place].source = source
    entries[place].mode = mode
    entries[place].generation &+= 1
    return token(fd)
  }

  /// The token and mode of a watched descriptor.
  func registration(of fd: Int32) -> (token: UInt64, mode: ReadinessMode)? {
    let place = Int(fd)
    guard entries.indices.contains(place), entries[place].source != nil else { return nil }
    return (token(fd), entries[place].mode)
  }

  /// Whoever an event with this token is for, if it still watches.
  func source(token: UInt64) -> ReadinessSource? {
    let place = Int(token & 0xFFFF_FFFF)
    guard place < entries.count, entries[place].generation == UInt32(token >> 32) else {
      return nil
    }
    return entries[place].source
  }

  mutating func remove(_ fd: Int32) -> Bool {
    let place = Int(fd)
    guard entries.indices.contains(place), entries[place].source != nil else { return false }
    entries[place].source = nil
    return true
  }

  /// All watching sources, in the order of their descriptors.
  var sources: [ReadinessSource] { entries.compactMap(\.source) }

  private func token(_ fd: Int32) -> UInt64 {
    UInt64(entries[Int(fd)].generation) << 32 | UInt64(UInt32(bitPattern: fd))
  }
}
