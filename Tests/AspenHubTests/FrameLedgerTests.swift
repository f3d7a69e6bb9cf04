import AspenNet
import AspenWire
import Testing

@testable import AspenHub

@Suite("FrameLedger")
struct FrameLedgerTests {
  private var ledger = FrameLedgerState(shardCount: 2)

  private enum Outcome: Equatable {
    case fresh(watchers: [Int])
    case stale, duplicate
  }

  private mutating func admit(
    _ stream: Int64, generation: Int64 = 1, sequence: Int64, uplink: UInt64, worker: Int64 = 1
  ) throws -> Outcome {
    let message = frameMessage(stream: stream, generation: generation, sequence: sequence)
    let admission = ledger.admit(
      try FrameHeader(decoding: message), message, uplink: uplink, workerID: worker, at: time(0))
    return switch admission {
    case .fresh(_, let watchers): .fresh(watchers: watchers)
    case .stale: .stale
    case .duplicate: .duplicate
    }
  }

  @Test("only the stream's worker and generation are fresh")
  mutating func fences() throws {
    _ = ledger.setStreams([try hubStream(1, "a", generation: 5)])
    let mine = ledger.openUplink(workerID: 1)
    let other = ledger.openUplink(workerID: 2)
    #expect(try admit(1, generation: 5, sequence: 1, uplink: mine) == .fresh(watchers: []))
    #expect(try admit(1, generation: 4, sequence: 2, uplink: mine) == .stale)
    #expect(try admit(1, generation: 6, sequence: 2, uplink: mine) == .stale)
    #expect(try admit(1, generation: 5, sequence: 2, uplink: other, worker: 2) == .stale)
    #expect(try admit(9, generation: 5, sequence: 2, uplink: mine) == .stale)
  }

  @Test("a new generation forgets the kept frame and the sequence of the old one")
  mutating func newGeneration() throws {
    _ = ledger.setStreams([try hubStream(1, "a")])
    let uplink = ledger.openUplink(workerID: 1)
    _ = try admit(1, sequence: 9, uplink: uplink)
    #expect(ledger.watch(1, shard: 0) != nil)
    _ = ledger.setStreams([try hubStream(1, "a", generation: 2)])
    #expect(ledger.watch(1, shard: 0) == nil)
    #expect(try admit(1, generation: 2, sequence: 1, uplink: uplink) == .fresh(watchers: [2, 0]))
  }

  @Test("while a stream is handed over the old worker's frames are taken until the new one's first")
  mutating func handover() throws {
    _ = ledger.setStreams([try hubStream(1, "a", generation: 5)])
    let old = ledger.openUplink(workerID: 1)
    let new = ledger.openUplink(workerID: 2)
    let handedOver = try hubStream(
      1, "a", generation: 7, workerID: 2, previous: .init(workerID: 1, generation: 5))
    #expect(try admit(1, generation: 5, sequence: 8, uplink: old) == .fresh(watchers: []))
    _ = ledger.setStreams([handedOver])
    #expect(ledger.watch(1, shard: 0)?.header.sequence == 8)
    #expect(try admit(1, generation: 5, sequence: 8, uplink: old) == .duplicate)
    #expect(try admit(1, generation: 5, sequence: 9, uplink: old) == .fresh(watchers: [1, 0]))
    #expect(try admit(1, generation: 7, sequence: 10, uplink: old) == .stale)
    #expect(try admit(1, generation: 5, sequence: 10, uplink: new, worker: 2) == .stale)
    #expect(
      try admit(1, generation: 7, sequence: 1, uplink: new, worker: 2) == .fresh(watchers: [1, 0]))
    #expect(try admit(1, generation: 5, sequence: 10, uplink: old) == .stale)
    // The store says for a moment longer that it is handed over.
    _ = ledger.setStreams([handedOver])
    #expect(try admit(1, generation: 5, sequence: 11, uplink: old) == .stale)
    #expect(
      try admit(1, generation: 7, sequence: 2, uplink: new, worker: 2) == .fresh(watchers: [1, 0]))
  }

  @Test("when the new worker of a handover is replaced, the old one's frames go on")
  mutating func handoverGoesOn() throws {
    let first = HubStream.Owner(workerID: 1, generation: 5)
    _ = ledger.setStreams([try hubStream(1, "a", generation: 7, workerID: 2, previous: first)])
    let old = ledger.openUplink(workerID: 1)
    #expect(try admit(1, generation: 5, sequence: 3, uplink: old) == .fresh(watchers: []))
    _ = ledger.setStreams([try hubStream(1, "a", generation: 9, workerID: 3, previous: first)])
    #expect(try admit(1, generation: 5, sequence: 3, uplink: old) == .duplicate)
    #expect(try admit(1, generation: 5, sequence: 4, uplink: old) == .fresh(watchers: []))
    // Given up: the old one has let go.
    _ = ledger.setStreams([try hubStream(1, "a", generation: 9, workerID: 3)])
    #expect(try admit(1, generation: 5, sequence: 5, uplink: old) == .stale)
  }

  @Test("a sequence that is not above the last one is a duplicate")
  mutating func duplicates() throws {
    _ = ledger.setStreams([try hubStream(1, "a")])
    let uplink = ledger.openUplink(workerID: 1)
    #expect(try admit(1, sequence: 4, uplink: uplink) == .fresh(watchers: []))
    #expect(try admit(1, sequence: 4, uplink: uplink) == .duplicate)
    #expect(try admit(1, sequence: 3, uplink: uplink) == .duplicate)
    #expect(try admit(1, sequence: 5, uplink: uplink) == .fresh(watchers: []))
  }

  @Test("a restarted worker counts from 1 on its new uplink, and its old one is stale")
  mutating func restartedWorker() throws {
    _ = ledger.setStreams([try hubStream(1, "a")])
    let old = ledger.openUplink(workerID: 1)
    _ = try admit(1, sequence: 100, uplink: old)
    let new = ledger.openUplink(workerID: 1)
    #expect(try admit(1, sequence: 1, uplink: new) == .fresh(watchers: []))
    #expect(try admit(1, sequence: 101, uplink: old) == .stale)
    ledger.closeUplink(old, workerID: 1)
    #expect(ledger.uplinkCount == 1)
  }

  @Test("watchers are counted for each shard, and those of a vanished stream too")
  mutating func countsWatchers() throws {
    let stream = try hubStream(1, "a")
    _ = ledger.setStreams([stream])
    _ = ledger.watch(1, shard: 0)
    _ = ledger.watch(1, shard: 1)
    _ = ledger.watch(1, shard: 1)
    #expect(ledger.viewerCounts == [1: 3])
    _ = ledger.setStreams([])
    _ = ledger.setStreams([stream])
    ledger.unwatch(1, shard: 1)
    #expect(ledger.viewerCounts == [1: 2])
    ledger.unwatch(1, shard: 1)
    ledger.unwatch(1, shard: 0)
    #expect(ledger.viewerCounts == [:])
    #expect(ledger.watchedCount == 0)
  }

  @Test("old kept frames are dropped")
  mutating func dropsOldFrames() throws {
    _ = ledger.setStreams([try hubStream(1, "a")])
    let uplink = ledger.openUplink(workerID: 1)
    _ = try admit(1, sequence: 1, uplink: uplink)
    ledger.dropFrames(before: time(0))
    #expect(ledger.watch(1, shard: 0) != nil)
    ledger.dropFrames(before: time(1))
    #expect(ledger.watch(1, shard: 0) == nil)
  }

  @Test("a change of generations alone is no change for selections")
  mutating func selectionRevision() throws {
    let first = ledger.setStreams([try hubStream(1, "a")])
    let second = ledger.setStreams([try hubStream(1, "a", generation: 2, workerID: 7)])
    #expect(second.revision > first.revision)
    #expect(second.selectionRevision == first.selectionRevision)
    let third = ledger.setStreams([try hubStream(1, "a", labels: ["site": "yard"])])
    #expect(third.selectionRevision > second.selectionRevision)
  }
}

@Suite("FrameMailbox")
struct FrameMailboxTests {
  @Test("a busy loop finds the newest frame of each stream, in order")
  func newestWins() {
    let mailbox = FrameMailbox()
    #expect(mailbox.put(hubFrame(stream: 1, order: 1)))
    #expect(!mailbox.put(hubFrame(stream: 2, order: 2)))
    #expect(!mailbox.put(hubFrame(stream: 1, order: 4)))
    #expect(!mailbox.put(hubFrame(stream: 1, order: 3)))
    #expect(mailbox.take().map(\.order) == [2, 4])
    #expect(mailbox.take().isEmpty)
    #expect(mailbox.put(hubFrame(stream: 1, order: 5)))
  }
}
