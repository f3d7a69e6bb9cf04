import AspenNet
import AspenTestSupport
import Glibc
import Testing

@Suite("Byte streams")
struct ByteStreamTests {
  /// A stream on a loop whose peer is a blocking socket.
  private func withStream(
    receiveBuffer: Int32? = nil, handler: Recorder = Recorder(),
    _ body: (ByteStream, BlockingSocket, Recorder) async throws -> Void
  ) async throws {
    try await withLoops { loops in
      let server = try TestServer(loops: loops) { handler }
      let peer = try BlockingSocket(connectingTo: server.address, receiveBuffer: receiveBuffer)
      try await waitUntil("the stream") { server.streams.value.count == 1 }
      let stream = try #require(server.streams.value.first)
      try await body(stream, peer, handler)
      // The peer's socket closes with its object, which must not be before the end.
      peer.close()
    }
  }

  @Test("bytes are echoed over every family", arguments: ["127.0.0.1", "::1", "unix"])
  func echo(family: String) async throws {
    let directory = try TemporaryDirectory()
    try await withLoops(2) { loops in
      let address =
        family == "unix"
        ? SocketAddress(unixPath: directory.file("echo"))
        : try SocketAddress(ip: family, port: 0)
      let server = try TestServer(at: address, loops: loops)
      let stream = try await Connector.connect(
        to: server.address, timeout: .seconds(10), on: loops[0])
      #expect(stream.peer == server.address)
      let recorder = Recorder()
      let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try await loops[0].run {
        stream.handler = recorder
        stream.write(sent)
      }
      try await waitUntil("the echo") { recorder.byteCount == sent.count }
      #expect(recorder.bytes == sent)
      try await loops[0].run { stream.close(.local) }
      try await waitUntil("the ends") { recorder.closes == [.local] }
      server.listener.close()
    }
  }

  @Test("a port and an address are known at both ends")
  func addresses() async throws {
    try await withStream { stream, peer, _ in
      #expect(stream.peer.isLoopback)
      #expect(stream.local.isLoopback)
      #expect(stream.peer.port != stream.local.port)
      #expect(!stream.isTLS)
      #expect(!peer.isClosed)
    }
  }

  @Test("writes of one turn reach the peer in order, small and large mixed")
  func orderOfWrites() async throws {
    try await withStream { stream, peer, _ in
      var expected: [UInt8] = []
      var pieces: [[UInt8]] = []
      for index in 0..<500 {
        let size = [1, 3, 600, 4, 5_000, 511, 513][index % 7]
        pieces.append([UInt8](repeating: UInt8(truncatingIfNeeded: index), count: size))
        expected += pieces[index]
      }
      let sent = pieces
      try await stream.loop.run {
        for piece in sent {
          stream.write(piece[...])
          if piece.count == 511 { stream.flush() }
        }
      }
      #expect(try peer.read(exactly: expected.count) == expected)
      try await waitUntil("the queue") { try await stream.loop.run { stream.isIdleForWriting } }
    }
  }

  @Test("a slow peer gets everything through many partial writes")
  func partialWrites() async throws {
    try await withStream(receiveBuffer: 2_304) { stream, peer, _ in
      let sent = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
      try await stream.loop.run {
        for start in stride(from: 0, to: sent.count, by: 10_000) {
          stream.write(sent[start..<(start + 10_000)])
        }
      }
      #expect(try await stream.loop.run { stream.queuedBytes } > 0)
      #expect(try peer.read(exactly: sent.count) == sent)
    }
  }

  @Test("the writer is told once that the queue has drained")
  func drained() async throws {
    try await withStream(receiveBuffer: 2_304) { stream, peer, recorder in
      try await stream.loop.run {
        stream.limits.highWaterBytes = 1_000_000
        stream.limits.lowWaterBytes = 100_000
        for _ in 0..<80 { stream.write([UInt8](repeating: 1, count: 100_000)) }
      }
      #expect(recorder.drains == 0)
      _ = try peer.read(exactly: 8_000_000)
      try await waitUntil("the drain") { recorder.drains == 1 }
      try await stream.loop.run { stream.write([UInt8](repeating: 1, count: 900_000)) }
      _ = try peer.read(exactly: 900_000)
      try await waitUntil("the queue") { try await stream.loop.run { stream.isIdleForWriting } }
      #expect(recorder.drains == 1)
    }
  }

  @Test("a queue beyond its bound closes the stream, and later writes are ignored")
  func queueFull() async throws {
    try await withStream(receiveBuffer: 2_304) { stream, _, recorder in
      try await stream.loop.run {
        stream.limits.maxQueuedBytes = 1_000_000
        stream.write([UInt8](repeating: 1, count: 999_999))
        stream.write([1, 2])
        #expect(recorder.closes.isEmpty)
        stream.write([3])
        #expect(stream.queuedBytes == 0)
      }
      try await waitUntil("the end") { recorder.closes == [.error(.queueFull)] }
    }
  }

  @Test("progress is the last time the peer took bytes")
  func progress() async throws {
    try await withStream(receiveBuffer: 2_304) { stream, peer, _ in
      try await stream.loop.run { stream.write([UInt8](repeating: 1, count: 8_000_000)) }
      // The kernel goes on taking some for a moment.
      var stalled = MonotonicTime(nanoseconds: 0)
      try await waitUntil("a stall") {
        try await stream.loop.sleep(for: .milliseconds(50))
        let now = try await stream.loop.run { stream.lastProgress }
        defer { stalled = now }
        return now == stalled
      }
      _ = try peer.read(exactly: 4_000_000)
      let before = stalled
      try await waitUntil("progress") { try await stream.loop.run { stream.lastProgress } > before }
    }
  }

  @Test("a paused stream delivers nothing until it is resumed")
  func pause() async throws {
    try await withStream { stream, peer, recorder in
      try await stream.loop.run { stream.pauseReading() }
      try peer.write([1, 2, 3])
      peer.endWriting()
      try await stream.loop.sleep(for: .milliseconds(50))
      #expect(recorder.bytes.isEmpty && recorder.closes.isEmpty)
      try await stream.loop.run { stream.resumeReading() }
      try await waitUntil("the end") { recorder.closes == [.endOfFile] }
      #expect(recorder.bytes == [1, 2, 3])
    }
  }

  @Test("a handler may pause within a delivery and miss nothing")
  func pauseInside() async throws {
    let handler = Recorder { stream, _ in
      stream.pauseReading()
      stream.loop.schedule(after: .milliseconds(1)) { stream.resumeReading() }
    }
    try await withStream(handler: handler) { _, peer, recorder in
      let sent = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
      try peer.write(sent)
      try await waitUntil("all bytes") { recorder.byteCount == sent.count }
      #expect(recorder.bytes == sent)
    }
  }

  @Test("bytes that arrive before there is a handler are kept for it")
  func lateHandler() async throws {
    try await withLoops { loops in
      let accepted = Collected<[ByteStream]>()
      let listener = try Listener(
        address: try SocketAddress(ip: "127.0.0.1", port: 0), loops: loops
      ) { accepted.append($0) }
      let peer = try BlockingSocket(connectingTo: listener.address)
      try peer.write([7, 8])
      peer.close()
      try await waitUntil("the stream") { accepted.value.count == 1 }
      try await loops[0].sleep(for: .milliseconds(20))
      let recorder = Recorder()
      let stream = try #require(accepted.value.first)
      try await loops[0].run { stream.handler = recorder }
      try await waitUntil("the end") { recorder.closes == [.endOfFile] }
      #expect(recorder.bytes == [7, 8])
    }
  }

  @Test("the end comes once, and not within the call that closes")
  func closedOnce() async throws {
    try await withStream { stream, _, recorder in
      try await stream.loop.run {
        stream.close(.local)
        stream.close(.timeout)
        #expect(recorder.closes.isEmpty)
        #expect(stream.handler != nil)
        stream.write([1])
        stream.flush()
      }
      try await waitUntil("the end") { !recorder.closes.isEmpty }
      try await stream.loop.run {}
      #expect(recorder.closes == [.local])
      #expect(try await stream.loop.run { stream.handler == nil })
    }
  }

  @Test("a peer's reset is told from its end")
  func reset() async throws {
    try await withStream { _, peer, recorder in
      peer.reset()
      try await waitUntil("the reset") { recorder.closes == [.reset] }
    }
  }

  @Test("bytes that came before a reset are delivered")
  func bytesBeforeReset() async throws {
    try await withStream { _, peer, recorder in
      try peer.write([1, 2, 3])
      peer.reset()
      try await waitUntil("the reset") { recorder.closes.count == 1 }
      #expect(recorder.closes == [.reset])
      #expect(recorder.bytes == [1, 2, 3])
    }
  }

  @Test("an answer to a write that the peer broke off is delivered before the reset")
  func answerBeforeReset() async throws {
    try await withStream(receiveBuffer: 2_304) { stream, peer, recorder in
      try await stream.loop.run { stream.write([UInt8](repeating: 1, count: 9_000_000)) }
      // Both within one call on the loop, so that it meets the answer, the reset and a failing write
      // together; the bytes the peer has not read make its end a reset.
      nonisolated(unsafe) let peer = peer
      try await stream.loop.run {
        try peer.write([1, 2, 3])
        peer.close()
        stream.write([2])
        stream.flush()
      }
      try await waitUntil("the reset") { recorder.closes.count == 1 }
      #expect(recorder.closes == [.reset])
      #expect(recorder.bytes == [1, 2, 3])
    }
  }

  @Test("closing after the flush sends everything and then the end")
  func closeAfterFlush() async throws {
    try await withStream(receiveBuffer: 2_304) { stream, peer, recorder in
      try await stream.loop.run {
        stream.write([UInt8](repeating: 9, count: 2_000_000))
        stream.closeAfterFlush(deadline: .seconds(20))
        stream.write([1])
        #expect(!stream.isOpen)
      }
      // What the peer sends meanwhile must not turn the end into a reset.
      try peer.write([UInt8](repeating: 0, count: 1_000))
      let received = try peer.readToEnd()
      #expect(received.count == 2_000_000)
      #expect(recorder.closes.isEmpty)
      #expect(recorder.bytes.isEmpty)
      peer.close()
      try await waitUntil("the end") { recorder.closes == [.local] }
    }
  }

  @Test("a peer that takes nothing meets the deadline of the flush")
  func flushDeadline() async throws {
    try await withStream(receiveBuffer: 2_304) { stream, _, recorder in
      try await stream.loop.run {
        stream.write([UInt8](repeating: 9, count: 9_000_000))
        stream.closeAfterFlush(deadline: .milliseconds(50))
      }
      try await waitUntil("the end") { recorder.closes == [.timeout] }
    }
  }

  @Test("a peer that does not close after the flush is left at the deadline")
  func lingerDeadline() async throws {
    try await withStream { stream, peer, recorder in
      try await stream.loop.run {
        stream.write([9])
        stream.closeAfterFlush(deadline: .milliseconds(50))
      }
      #expect(try peer.readToEnd() == [9])
      try await waitUntil("the end") { recorder.closes == [.local] }
    }
  }

  @Test("an answer written when a request and the end arrive together is sent")
  func answerAtEnd() async throws {
    try await withStream(handler: .echo()) { _, peer, _ in
      try peer.write([1, 2, 3])
      peer.endWriting()
      #expect(try peer.readToEnd() == [1, 2, 3])
    }
  }

  @Test("a stream that closes another in the same batch hears nothing more of it")
  func closingAnother() async throws {
    try await withLoops { loops in
      let server = try TestServer(loops: loops) { Recorder() }
      nonisolated(unsafe) let peers = try (0..<2).map { _ in
        try BlockingSocket(connectingTo: server.address)
      }
      try await waitUntil("both streams") { server.streams.value.count == 2 }
      let streams = server.streams.value
      let recorders = [Recorder(), Recorder()]
      let counts = Collected(0)
      let set = Collected(false)
      try await loops[0].run {
        for index in 0..<2 {
          recorders[index].onBytes = { _, _ in
            counts.update { $0 += 1 }
            streams[1 - index].close(.local)
          }
          streams[index].handler = recorders[index]
        }
        // Both are ready before the loop waits again.
        for peer in peers { _ = write(peer.fd, "x", 1) }
        set.update { $0 = true }
      }
      try await waitUntil("one delivery and one end") {
        counts.value >= 1 && recorders.flatMap(\.closes).count == 1
      }
      try await loops[0].run {}
      #expect(counts.value == 1)
      try await loops[0].run { for stream in streams { stream.close(.local) } }
      try await waitUntil("both ends") { recorders.allSatisfy { $0.closes == [.local] } }
    }
  }

  @Test("stopping the loop closes its streams")
  func loopStops() async throws {
    let recorder = Recorder()
    let peer = try await withLoops { loops in
      let server = try TestServer(loops: loops) { recorder }
      let peer = try BlockingSocket(connectingTo: server.address)
      try await waitUntil("the stream") { server.streams.value.count == 1 }
      return peer
    }
    #expect(recorder.closes == [.local])
    #expect(try peer.readToEnd().isEmpty)
  }

  @Test("a closed stream is not kept by its loop")
  func noLeak() async throws {
    try await withLoops { loops in
      weak var weakStream: ByteStream?
      let server = try TestServer(loops: loops) { Recorder() }
      let peer = try BlockingSocket(connectingTo: server.address)
      try await waitUntil("the stream") { server.streams.value.count == 1 }
      weakStream = server.streams.value.first
      server.streams.update { $0 = [] }
      #expect(weakStream != nil)
      peer.close()
      try await waitUntil("the end of the stream") { weakStream == nil }
    }
  }
}
