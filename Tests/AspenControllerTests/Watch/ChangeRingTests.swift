import AspenModel
import Testing

@testable import AspenController

@Suite("The ring of changes")
struct ChangeRingTests {
  private func ring(
    _ revisions: ClosedRange<Int64>, capacity: Int = 8, maxBytes: Int = .max, padding: Int = 0
  ) throws -> ChangeRing {
    var ring = ChangeRing(
      after: revisions.lowerBound - 1, capacity: capacity, maxBytes: maxBytes)
    for revision in revisions {
      ring.append(EncodedChange(try .camera(revision, padding: padding)))
    }
    return ring
  }

  private func revisions(_ window: ChangeRing.Window) -> [Int64] {
    if case .changes(let changes) = window { changes.map(\.revision) } else { [] }
  }

  @Test("a full ring forgets the oldest and gives the others in order")
  func wrap() throws {
    let ring = try ring(1...21)
    #expect(ring.base == 13 && ring.newest == 21)
    #expect(revisions(ring.window(after: 13, epoch: 0, limit: 100)) == Array(14...21))
    #expect(revisions(ring.window(after: 17, epoch: 0, limit: 2)) == [18, 19])
  }

  @Test("who is before the ring is behind, who is at its end or ahead of it waits")
  func places() throws {
    let ring = try ring(1...21)
    guard case .behind = ring.window(after: 12, epoch: 0, limit: 1) else {
      Issue.record("12 is not behind")
      return
    }
    for position: Int64 in [21, 22] {
      guard case .caughtUp = ring.window(after: position, epoch: 0, limit: 1) else {
        Issue.record("\(position) does not wait")
        return
      }
    }
  }

  @Test("a place that a restored feed never had is gone")
  func restored() throws {
    var ring = ChangeRing(after: 40, epoch: 1, capacity: 8)
    ring.append(EncodedChange(try .camera(41)))
    guard case .gone(41) = ring.window(after: 50, epoch: 0, limit: 1) else {
      Issue.record("50 is not gone")
      return
    }
    #expect(revisions(ring.window(after: 40, epoch: 0, limit: 1)) == [41])
  }

  @Test("large changes push out old ones before the count does, but never the newest")
  func bytes() throws {
    let ring = try ring(1...8, maxBytes: 10_000, padding: 3_000)
    #expect(ring.base == 6 && ring.bytes <= 10_000)
    let tight = try self.ring(1...3, maxBytes: 10, padding: 3_000)
    #expect(tight.base == 2 && revisions(tight.window(after: 2, epoch: 0, limit: 9)) == [3])
  }
}
