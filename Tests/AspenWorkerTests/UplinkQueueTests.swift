import AspenWire
import Testing

@testable import AspenWorker

@Suite("UplinkQueue")
struct UplinkQueueTests {
  private var queue = UplinkQueue()

  private func frame(_ streamID: Int64, generation: Int64 = 1, marker: UInt8 = 0) -> UplinkFrame {
    UplinkFrame(
      streamID: streamID, generation: generation, captureMicroseconds: 1_000, width: 320,
      height: 240, jpeg: [0xFF, 0xD8, marker])
  }

  private mutating func next() throws -> (header: FrameHeader, marker: UInt8)? {
    guard let message = queue.next() else { return nil }
    return (try FrameHeader(decoding: message), message[message.count - 1])
  }

  @Test("a newer frame takes the place of one that waits")
  mutating func newestWins() throws {
    for marker in 1...3 { queue.offer(frame(1, marker: UInt8(marker))) }
    #expect(queue.count == 1)
    #expect(queue.skipped == 2)
    let sent = try #require(try next())
    #expect(sent.marker == 3)
    #expect(queue.next() == nil)
  }

  @Test("streams take turns, however busy one of them is")
  mutating func takesTurns() throws {
    queue.offer(frame(1))
    queue.offer(frame(2))
    queue.offer(frame(3))
    var order: [Int64] = []
    for _ in 0..<6 {
      let id = try #require(try next()).header.streamID
      order.append(id)
      queue.offer(frame(id))
      queue.offer(frame(1))
    }
    #expect(order == [1, 2, 3, 1, 2, 3])
  }

  @Test("sequences count from 1 within a generation and start anew with the next")
  mutating func countsSequences() throws {
    var sequences: [Int64] = []
    for generation: Int64 in [4, 4, 4, 5, 5] {
      queue.offer(frame(1, generation: generation))
      sequences.append(try #require(try next()).header.sequence)
    }
    #expect(sequences == [1, 2, 3, 1, 2])
  }

  @Test("a lost connection drops what waits and goes on counting")
  mutating func dropsPending() throws {
    queue.offer(frame(1))
    _ = try next()
    queue.offer(frame(1))
    queue.dropPending()
    #expect(queue.next() == nil)
    queue.offer(frame(1))
    #expect(try #require(try next()).header.sequence == 2)
  }

  @Test(
    "the next pipeline of a generation goes on counting, or the hub would take its frames for old ones"
  )
  mutating func countsOverPipelines() throws {
    for sequence: Int64 in 1...3 {
      queue.offer(frame(1))
      #expect(try #require(try next()).header.sequence == sequence)
      queue.remove(streamID: 1)
    }
  }

  @Test("a stream that has ended leaves no frame behind")
  mutating func removes() throws {
    queue.offer(frame(1))
    queue.offer(frame(2))
    queue.remove(streamID: 1)
    #expect(try #require(try next()).header.streamID == 2)
    #expect(queue.next() == nil)
  }
}
