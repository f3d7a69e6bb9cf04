import AspenHub
import AspenModel
import AspenNet
import AspenTestSupport
import AspenWire
import Testing

@Suite("FrameHub")
struct FrameHubTests {
  /// Runs `body` with a hub of two loops and clients on a third.
  private func withHub(
    _ configuration: HubConfiguration = HubConfiguration(),
    _ body: (HubHarness) async throws -> Void
  ) async throws {
    try await withLoops(3) { loops in
      try await body(try HubHarness(loops, configuration: configuration))
    }
  }

  private func demand(_ fps: Double? = nil, _ width: Int? = nil) -> FrameDemand {
    FrameDemand(framesPerSecond: fps, width: width)
  }

  @Test("every viewer on every loop gets the same bytes")
  func identicalBytes() async throws {
    try await withHub { harness in
      harness.hub.setStreams([try hubStream(7, "yard")])
      var viewers: [HubPeer] = []
      for _ in 0..<40 {
        viewers.append(try await harness.viewer(.names(["yard"]), mode: .header))
      }
      try await waitUntil("viewers") { harness.hub.viewerCounts() == [7: 40] }
      let uplink = try await harness.uplink()
      for sequence: Int64 in 1...5 {
        let message = frameMessage(
          stream: 7, sequence: sequence, bytes: 60_000, metadata: Array("{}".utf8))
        uplink.send(message)
        for viewer in viewers {
          try await waitUntil("frame \(sequence)") { viewer.messages.value.last == message }
        }
      }
      #expect(viewers.allSatisfy { $0.messages.value.count == 5 })
      let statistics = harness.hub.statistics()
      #expect(statistics.framesReceived == 5)
      #expect(statistics.framesSent == 200)
      #expect(statistics.viewers == 40)
      #expect(statistics.framesSkipped == 0)
    }
  }

  @Test("plain mode sends bare JPEG files and no text; header mode sends the list and whole frames")
  func modes() async throws {
    try await withHub { harness in
      harness.hub.setStreams([try hubStream(7, "yard")])
      let plain = try await harness.viewer(.names(["yard"]), mode: .plain)
      let header = try await harness.viewer(.names(["yard"]), mode: .header)
      try await waitUntil("viewers") { harness.hub.viewerCounts() == [7: 2] }
      let message = frameMessage(stream: 7, sequence: 1, metadata: Array("{\"a\":1}".utf8))
      try await harness.uplink().send(message)
      try await waitUntil("frames") {
        plain.messages.value.count == 1 && header.messages.value.count == 1
      }
      let payload = try FrameHeader(decoding: message).payloadOffset
      #expect(plain.messages.value == [Array(message[payload...])])
      #expect(plain.texts.value.isEmpty)
      #expect(header.messages.value == [message])
      #expect(
        header.texts.value == [#"{"type":"streams","streams":[{"id":7,"name":"yard"}]}"#])
    }
  }

  @Test("a stalled viewer delays nobody, skips what it cannot take, and is closed")
  func stalledViewer() async throws {
    var configuration = HubConfiguration()
    configuration.stallTimeout = .seconds(1)
    configuration.sweepInterval = .milliseconds(100)
    try await withHub(configuration) { harness in
      harness.hub.setStreams([try hubStream(7, "yard")])
      let live = try await harness.viewer(.names(["yard"]))
      let stalled = try await harness.viewer(.names(["yard"]), reads: false)
      try await waitUntil("viewers") { harness.hub.viewerCounts() == [7: 2] }
      let uplink = try await harness.uplink()
      // More than the kernel buffers for the stalled one.
      var sequence: Int64 = 0
      try await waitUntil("the stalled viewer's end", deadline: .seconds(60)) {
        sequence += 1
        let message = frameMessage(stream: 7, sequence: sequence, bytes: 500_000)
        uplink.send(message)
        try await waitUntil("frame \(sequence)") { live.messages.value.count == Int(sequence) }
        live.messages.update { $0[$0.count - 1] = [] }
        return harness.hub.statistics().viewersStalled == 1
      }
      let statistics = harness.hub.statistics()
      #expect(statistics.framesSkipped > 0)
      #expect(harness.hub.viewerCounts() == [7: 1])
      #expect(live.messages.value.count == Int(sequence))
      #expect(stalled.messages.value.isEmpty)
    }
  }

  @Test("frames of another generation or worker are refused and counted")
  func staleFrames() async throws {
    try await withHub { harness in
      harness.hub.setStreams([try hubStream(7, "yard", generation: 3)])
      let viewer = try await harness.viewer(.names(["yard"]), mode: .header)
      try await waitUntil("viewer") { harness.hub.viewerCounts() == [7: 1] }
      let uplink = try await harness.uplink()
      let stranger = try await harness.uplink(worker: 2)
      uplink.send(frameMessage(stream: 7, generation: 2, sequence: 1))
      stranger.send(frameMessage(stream: 7, generation: 3, sequence: 1))
      try await waitUntil("refusals") { harness.hub.statistics().framesStale == 2 }
      let good = frameMessage(stream: 7, generation: 3, sequence: 1)
      uplink.send(good)
      uplink.send(good)
      try await waitUntil("the frame") { viewer.messages.value == [good] }
      try await waitUntil("the duplicate") { harness.hub.statistics().framesDuplicate == 1 }
      // The fence moves on: the frame's worker has lost the stream.
      harness.hub.setStreams([try hubStream(7, "yard", generation: 4, workerID: 2)])
      uplink.send(frameMessage(stream: 7, generation: 3, sequence: 2))
      try await waitUntil("refusal") { harness.hub.statistics().framesStale == 3 }
      let next = frameMessage(stream: 7, generation: 4, sequence: 1)
      stranger.send(next)
      try await waitUntil("the frame") { viewer.messages.value == [good, next] }
    }
  }

  @Test("a malformed message ends the uplink with 1008, as text does")
  func malformedFrames() async throws {
    try await withHub { harness in
      let first = try await harness.uplink()
      first.send([1, 2, 3])
      try await waitUntil("the end") { first.closed.value == [1008] }
      let second = try await harness.uplink()
      second.send(text: "hello")
      try await waitUntil("the end") { second.closed.value == [1008] }
      #expect(harness.hub.statistics().framesMalformed == 2)
      try await waitUntil("no uplink") { harness.hub.statistics().uplinks == 0 }
    }
  }

  @Test("a newer uplink of a worker closes the older one")
  func replacesUplink() async throws {
    try await withHub { harness in
      let first = try await harness.uplink()
      try await waitUntil("uplink") { harness.hub.statistics().uplinks == 1 }
      let second = try await harness.uplink()
      try await waitUntil("the first one's end") { first.closed.value == [1008] }
      #expect(second.closed.value.isEmpty)
      #expect(harness.hub.statistics().uplinks == 1)
    }
  }

  @Test("demand appears with the first viewer, is the union of all, and ends with the last")
  func demandFollowsViewers() async throws {
    try await withHub { harness in
      harness.hub.setStreams([try hubStream(1, "a"), try hubStream(2, "b")])
      let narrow = try await harness.viewer(.names(["a"]), fps: 5, width: 320)
      try await waitUntil("demand") { harness.demands.value == [1: demand(5, 320)] }
      let wide = try await harness.viewer(.names(["a", "b"]), mode: .header, fps: 2, width: 640)
      try await waitUntil("union") {
        harness.demands.value == [1: demand(5, 640), 2: demand(2, 640)]
      }
      narrow.close()
      try await waitUntil("less") {
        harness.demands.value == [1: demand(2, 640), 2: demand(2, 640)]
      }
      wide.abort()
      try await waitUntil("none") { harness.demands.value == [:] }
      #expect(harness.hub.viewerCounts() == [:])
    }
  }

  @Test("a selector's viewer follows the labels")
  func selectorFollowsLabels() async throws {
    try await withHub { harness in
      let selector = try LabelSelector(parsing: "site=yard")
      harness.hub.setStreams([
        try hubStream(1, "a", labels: ["site": "yard"]), try hubStream(2, "b"),
      ])
      let viewer = try await harness.viewer(.selector(selector), mode: .header)
      try await waitUntil("one stream") {
        viewer.texts.value.last == #"{"type":"streams","streams":[{"id":1,"name":"a"}]}"#
      }
      #expect(harness.demands.value.keys.sorted() == [1])
      harness.hub.setStreams([
        try hubStream(1, "a"), try hubStream(2, "b", labels: ["site": "yard"]),
      ])
      try await waitUntil("the other stream") {
        viewer.texts.value.last == #"{"type":"streams","streams":[{"id":2,"name":"b"}]}"#
      }
      try await waitUntil("demand") { harness.demands.value.keys.sorted() == [2] }
      let uplink = try await harness.uplink()
      uplink.send(frameMessage(stream: 1, sequence: 1))
      let message = frameMessage(stream: 2, sequence: 1)
      uplink.send(message)
      try await waitUntil("frame") { viewer.messages.value.count == 1 }
      #expect(viewer.messages.value == [message])
      harness.hub.setStreams([])
      try await waitUntil("no streams") {
        viewer.texts.value.last == #"{"type":"streams","streams":[]}"#
      }
      try await waitUntil("no demand") { harness.demands.value == [:] }
    }
  }

  @Test("a stream that is created later is shown to a viewer that named it")
  func lateStream() async throws {
    try await withHub { harness in
      let viewer = try await harness.viewer(.names(["a"]))
      try await waitUntil("viewer") { harness.hub.statistics().viewers == 1 }
      harness.hub.setStreams([try hubStream(1, "a")])
      try await waitUntil("demand") { harness.demands.value == [1: demand()] }
      try await harness.uplink().send(frameMessage(stream: 1, sequence: 1))
      try await waitUntil("frame") { viewer.messages.value.count == 1 }
    }
  }

  @Test("a late viewer gets the newest frame at once, unless it is of an old generation")
  func lateViewer() async throws {
    try await withHub { harness in
      harness.hub.setStreams([try hubStream(1, "a")])
      let uplink = try await harness.uplink()
      uplink.send(frameMessage(stream: 1, sequence: 1))
      let newest = frameMessage(stream: 1, sequence: 2)
      uplink.send(newest)
      try await waitUntil("frames") { harness.hub.statistics().framesReceived == 2 }
      let late = try await harness.viewer(.names(["a"]), mode: .header)
      try await waitUntil("the newest") { late.messages.value == [newest] }
      harness.hub.setStreams([try hubStream(1, "a", generation: 2)])
      let later = try await harness.viewer(.names(["a"]), mode: .header)
      try await waitUntil("the list") { later.texts.value.count == 1 }
      let fresh = frameMessage(stream: 1, generation: 2, sequence: 1)
      uplink.send(fresh)
      try await waitUntil("the fresh one") { !later.messages.value.isEmpty }
      #expect(later.messages.value == [fresh])
    }
  }

  @Test("a busy stream does not starve a quiet one on a slow viewer")
  func fairness() async throws {
    try await withHub { harness in
      harness.hub.setStreams([try hubStream(1, "busy"), try hubStream(2, "quiet")])
      let viewer = try await harness.viewer(.selector(.everything), mode: .header)
      try await waitUntil("viewer") { harness.hub.viewerCounts() == [1: 1, 2: 1] }
      let uplink = try await harness.uplink()
      for sequence: Int64 in 1...300 {
        uplink.send(frameMessage(stream: 1, sequence: sequence, bytes: 100_000))
        if sequence % 100 == 0 {
          uplink.send(frameMessage(stream: 2, sequence: sequence, bytes: 100_000))
        }
      }
      try await waitUntil("the newest of both") {
        let headers = try viewer.messages.value.map { try FrameHeader(decoding: $0) }
        return headers.contains { $0.streamID == 1 && $0.sequence == 300 }
          && headers.contains { $0.streamID == 2 && $0.sequence == 300 }
      }
    }
  }

  @Test("a viewer's frame rate is kept")
  func frameRate() async throws {
    try await withHub { harness in
      harness.hub.setStreams([try hubStream(1, "a")])
      let limited = try await harness.viewer(.names(["a"]), fps: 0.01)
      let free = try await harness.viewer(.names(["a"]))
      try await waitUntil("viewers") { harness.hub.viewerCounts() == [1: 2] }
      let uplink = try await harness.uplink()
      for sequence: Int64 in 1...20 {
        uplink.send(frameMessage(stream: 1, sequence: sequence))
        try await waitUntil("frame") { free.messages.value.count == Int(sequence) }
      }
      #expect(limited.messages.value.count == 1)
      #expect(harness.demands.value == [1: demand()])
    }
  }

  @Test("one viewer too many is told so")
  func viewerLimit() async throws {
    var configuration = HubConfiguration()
    configuration.maxViewers = 1
    try await withHub(configuration) { harness in
      let first = try await harness.viewer(.names(["a"]))
      try await waitUntil("viewer") { harness.hub.statistics().viewers == 1 }
      let second = try await harness.viewer(.names(["a"]))
      try await waitUntil("refusal") { second.closed.value == [1013] }
      #expect(first.closed.value.isEmpty)
    }
  }

  @Test("a shutdown closes all connections with 1001")
  func closesAll() async throws {
    try await withHub { harness in
      let viewer = try await harness.viewer(.names(["a"]))
      let uplink = try await harness.uplink()
      try await waitUntil("both") {
        let statistics = harness.hub.statistics()
        return statistics.viewers == 1 && statistics.uplinks == 1
      }
      harness.hub.closeAll(reason: "the controller stops")
      try await waitUntil("ends") {
        viewer.closed.value == [1001] && uplink.closed.value == [1001]
      }
      let late = try await harness.viewer(.names(["a"]))
      try await waitUntil("the late one's end") { late.closed.value == [1001] }
      #expect(harness.hub.statistics().viewers == 0)
    }
  }
}
