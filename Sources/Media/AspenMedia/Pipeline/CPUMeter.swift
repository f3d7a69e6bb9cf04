/// How much CPU a thread takes, smoothed over about ten seconds. A camera's thread does all of its work:
/// it reads, decodes and encodes.
struct CPUMeter {
  private static let smoothingMicroseconds: Int64 = 10_000_000
  /// Shorter intervals say nothing.
  private static let shortestMicroseconds: Int64 = 500_000

  private var lastUsed: Int64?
  private var lastTime: Int64 = 0
  private var smoothed: Double?

  /// Takes the CPU time that was used until now, both in µs; 1000 for a whole CPU, nil at first.
  mutating func millicores(used: Int64, at now: Int64) -> Int? {
    guard let lastUsed else {
      lastUsed = used
      lastTime = now
      return nil
    }
    let elapsed = now - lastTime
    if elapsed >= Self.shortestMicroseconds {
      let current = Double(max(used - lastUsed, 0)) * 1000 / Double(elapsed)
      let weight = Double(elapsed) / Double(elapsed + Self.smoothingMicroseconds)
      smoothed = smoothed.map { $0 + (current - $0) * weight } ?? current
      self.lastUsed = used
      lastTime = now
    }
    return smoothed.map { Int($0.rounded()) }
  }
}
