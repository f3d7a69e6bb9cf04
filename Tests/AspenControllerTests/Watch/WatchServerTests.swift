import AspenHTTP
import AspenModel
import AspenNet
import AspenTestSupport
import AspenWebSocket
import Testing

@testable import AspenController

@Suite("The watch of changes on a socket")
struct WatchServerTests {
  private func source(_ count: Int64, padding: Int = 0) throws -> MemoryChangeSource {
    let source = MemoryChangeSource()
    try add(count, to: source, padding: padding)
    return source
  }

  private func add(_ count: Int64, to source: MemoryChangeSource, padding: Int = 0) throws {
    let newest = source.newestNow
    source.append(
      try (newest + 1...newest + count).map { revision in
        try .camera(revision, id: revision % 5 + 1, before: [:], padding: padding)
      })
  }

  private func updates(_ revisions: ClosedRange<Int64>) -> [String] {
    revisions.map { "\($0) updated" }
  }

  @Test("a watch without a place says where it begins, then tells each change, on both transports")
  func fromNow() async throws {
    let source = try source(3)
    try await WatchServer.run(source) { server in
      let events = try await server.events()
      let socket = try await server.socket()
      #expect(socket.connection.subprotocol == "aspen.watch.v1")
      try await events.wait(for: "3 bookmark")
      try await socket.wait(for: "3 bookmark")
      try add(2, to: source)
      server.watch.signal("5")
      try await events.wait(for: "5 updated")
      try await socket.wait(for: "5 updated")
      #expect(events.summaries == ["3 bookmark", "4 updated", "5 updated"])
      #expect(socket.summaries == events.summaries)
      #expect(events.events.value.map(\.id) == [3, 4, 5])
      #expect(events.events.value.map(\.data) == socket.messages.value)
      let head = try #require(events.head.value)
      #expect(head.hasPrefix("HTTP/1.1 200 ") && head.contains("Content-Type: text/event-stream"))
      #expect(head.contains("Cache-Control: no-store") && !head.contains("Content-Length"))
    }
  }

  @Test("a change is told without a notification too, a little later")
  func withoutNotification() async throws {
    let source = try source(1)
    try await WatchServer.run(source) { server in
      let events = try await server.events("from=1")
      try await waitUntil { events.head.value != nil }
      try add(1, to: source)
      try await events.wait(for: "2 updated")
    }
  }

  @Test("a watch resumes where it was, from the ring, from the source, and by Last-Event-ID")
  func resume() async throws {
    let source = try source(500)
    try await WatchServer.run(source) { server in
      let near = try await server.events("from=490")
      let far = try await server.events("from=7")
      let resumed = try await server.events("from=7", headers: "Last-Event-ID: 498\r\n")
      let socket = try await server.socket("from=498")
      for client in [near, far, resumed] { try await client.wait(for: "500 updated") }
      try await socket.wait(for: "500 updated")
      #expect(near.summaries == updates(491...500))
      #expect(far.summaries == updates(8...500))
      #expect(resumed.summaries == updates(499...500))
      #expect(socket.summaries == updates(499...500))
      #expect(resumed.events.value.first?.id == 499)
    }
  }

  @Test("a place that the feed has not kept, or never had, is 410")
  func gone() async throws {
    let source = try source(500)
    source.trim(through: 300)
    try await WatchServer.run(source) { server in
      for place in ["from=299", "from=501"] {
        let client = try await server.events(place)
        try await waitUntil { client.rest.contains("300") }
        #expect(client.head.value?.hasPrefix("HTTP/1.1 410 ") == true)
        #expect(client.rest.contains("problems/gone"))
        client.close()
      }
      await #expect {
        try await server.socket("from=299")
      } throws: { error in
        if case .refused(status: 410, _) = error as? WebSocketError { true } else { false }
      }
      let negative = try await server.events("from=-1")
      try await waitUntil { negative.rest.contains("must not be negative") }
      let id = try await server.events("", headers: "Last-Event-ID: x\r\n")
      try await waitUntil { id.rest.contains("Last-Event-ID") }
      #expect(server.watch.registry.count == 0)
    }
  }

  @Test("a watcher that stays away for longer than the feed is kept is told so, and its watch ends")
  func goneMeanwhile() async throws {
    let source = try source(10)
    try await WatchServer.run(source) { server in
      let slow = try await server.events("from=10", reads: false)
      try await waitUntil { server.watch.registry.count == 1 }
      // More than the socket holds.
      try add(400, to: source, padding: 3_000)
      let newest = source.newestNow
      server.watch.signal("\(newest)")
      try await waitUntil("the ring") {
        try await server.watch.feed.start(after: nil).position == newest
      }
      source.trim(through: newest - 1)
      slow.beginReading()
      try await slow.waitForEnd()
      #expect(slow.events.value.last?.summary == "gone")
      #expect(slow.events.value.last?.data["revision"]?.wholeNumber == newest)
    }
  }

  @Test("a feed that was restored from a backup sends away those who have seen more")
  func restored() async throws {
    let source = try source(20)
    try await WatchServer.run(source) { server in
      let ahead = try await server.events("from=20")
      let socket = try await server.socket("from=20")
      let below = try await server.events("from=5")
      try await below.wait(for: "20 updated")
      source.restore(to: 8)
      try await ahead.waitForEnd()
      #expect(ahead.summaries == ["gone"])
      try await waitUntil { socket.closed.value != nil }
      #expect(socket.summaries == ["8 gone"] && socket.closed.value == 4410)
      try await below.waitForEnd()
      let fresh = try await server.events("from=8")
      try add(1, to: source)
      try await fresh.wait(for: "9 updated")
    }
  }

  @Test("a reader that stalls loses nothing: what the ring forgot comes from the database")
  func slowReader() async throws {
    let source = try source(1)
    try await WatchServer.run(source) { server in
      let slow = try await server.events("from=1", reads: false)
      try await waitUntil { server.watch.registry.count == 1 }
      try add(400, to: source, padding: 3_000)
      let newest = source.newestNow
      server.watch.signal("\(newest)")
      try await waitUntil("the ring") {
        try await server.watch.feed.start(after: nil).position == newest
      }
      let reads = source.reads
      slow.beginReading()
      try await slow.wait(for: "\(newest) updated")
      #expect(slow.summaries == updates(2...newest))
      #expect(source.reads > reads)
    }
  }

  @Test("a reader that takes nothing for too long is closed, and its place is free again")
  func stalled() async throws {
    let source = try source(1)
    var limits = WatchRegistry.Limits.forTests
    limits.stall = .seconds(2)
    try await WatchServer.run(source, limits: limits) { server in
      let slow = try await server.events("from=1", reads: false)
      let good = try await server.events("from=1")
      try await waitUntil { server.watch.registry.count == 2 }
      try add(400, to: source, padding: 3_000)
      server.watch.signal("\(source.newestNow)")
      try await waitUntil("the place") { server.watch.registry.count == 1 }
      try await good.wait(for: "\(source.newestNow) updated")
      slow.close()
    }
  }

  @Test("an outage of the database does not end a watch")
  func outage() async throws {
    let source = try source(200)
    try await WatchServer.run(source) { server in
      let live = try await server.events("from=200")
      try await waitUntil { live.head.value != nil }
      source.setDown(true)
      let near = try await server.events("from=199")
      try await near.wait(for: "200 updated")
      source.setDown(false)
      try add(1, to: source)
      try await live.wait(for: "201 updated")
      try await near.wait(for: "201 updated")
    }
  }

  @Test("what is told is cut by kind, selector and access while the watch goes on")
  func filtered() async throws {
    let source = MemoryChangeSource()
    try await WatchServer.run(source, capacity: 4_096) { server in
      server.scope.update {
        $0 = WatchScope(
          kinds: [.camera], cameraScopes: (try? LabelSelector(parsing: "site=a")).map { [$0] })
      }
      let client = try await server.events("kinds=camera&selector=!hidden")
      let refused = try await server.events("kinds=camera,worker")
      try await waitUntil { refused.rest.contains("does not show any worker") }
      #expect(refused.head.value?.hasPrefix("HTTP/1.1 403 ") == true)
      let (a, b, hidden) = (["site": "a"], ["site": "b"], ["site": "a", "hidden": "yes"])
      source.append([
        try .camera(1, after: b), try .camera(2, before: b, after: a), .worker(3),
        try .camera(4, before: a, after: hidden), try .camera(5, before: hidden, after: b),
      ])
      source.append((6...1_100).map { .worker($0) })
      server.watch.signal("1100")
      try await client.wait("a bookmark") {
        $0.contains { $0.type == "bookmark" && $0.id ?? 0 > 5 }
      }
      #expect(Array(client.summaries.prefix(3)) == ["0 bookmark", "2 created", "4 deleted"])
    }
  }

  @Test("a watch ends soon after access does")
  func revoked() async throws {
    let source = try source(1)
    try await WatchServer.run(source) { server in
      let client = try await server.events()
      let socket = try await server.socket()
      try await client.wait(for: "1 bookmark")
      try await socket.wait(for: "1 bookmark")
      server.isAllowed.update { $0 = false }
      try await client.waitForEnd()
      try await waitUntil { socket.closed.value != nil }
      #expect(client.closed.value == .endOfFile && socket.closed.value == 1008)
      try await waitUntil { server.watch.registry.count == 0 }
    }
  }

  @Test("when the controller stops the watches end in order, and none begins")
  func shutdown() async throws {
    let source = try source(1)
    try await WatchServer.run(source) { server in
      let client = try await server.events()
      let socket = try await server.socket()
      try await client.wait(for: "1 bookmark")
      try await socket.wait(for: "1 bookmark")
      server.watch.closeAll()
      try await client.waitForEnd()
      try await waitUntil { socket.closed.value != nil }
      #expect(client.closed.value == .endOfFile && socket.closed.value == 1001)
      let late = try await server.events()
      try await waitUntil { late.rest.contains("the controller stops") }
      #expect(late.head.value?.hasPrefix("HTTP/1.1 503 ") == true)
    }
  }

  @Test("there are so many watches, for one principal and in all, and closed ones make room")
  func limits() async throws {
    let source = try source(1)
    var limits = WatchRegistry.Limits.forTests
    limits.total = 3
    limits.perPrincipal = 2
    try await WatchServer.run(source, limits: limits) { server in
      let first = try await server.events("as=a")
      try await first.wait(for: "1 bookmark")
      try await server.socket("as=a").wait(for: "1 bookmark")
      let third = try await server.events("as=a")
      try await waitUntil { third.rest.contains("rate_limited") }
      #expect(third.head.value?.hasPrefix("HTTP/1.1 429 ") == true)
      try await server.events("as=b").wait(for: "1 bookmark")
      let fourth = try await server.events("as=c")
      try await waitUntil { fourth.rest.contains("this controller has 3 watches") }
      first.close()
      try await waitUntil { server.watch.registry.count == 2 }
      try await server.events("as=a").wait(for: "1 bookmark")
    }
  }

  @Test("a request for the head alone, and one that is no handshake, take no place")
  func withoutWatch() async throws {
    let source = try source(1)
    try await WatchServer.run(source) { server in
      let head = try await server.events(method: "HEAD", headers: "Connection: close\r\n")
      try await waitUntil { head.head.value?.contains("text/event-stream") == true }
      let broken = try await server.events(
        headers: "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n")
      try await waitUntil { broken.head.value?.hasPrefix("HTTP/1.1 426 ") == true }
      try await waitUntil { server.watch.registry.count == 0 }
    }
  }

  @Test("a client that reads no server-sent events is told so, one that reads anything gets them")
  func acceptable() async throws {
    let source = try source(1)
    try await WatchServer.run(source) { server in
      let refused = try await server.events(headers: "Accept: application/json\r\n")
      try await waitUntil { refused.rest.contains("text/event-stream") }
      #expect(refused.head.value?.hasPrefix("HTTP/1.1 406 ") == true)
      for type in ["*/*", "application/json, Text/Event-Stream;q=0.5"] {
        try await server.events(headers: "Accept: \(type)\r\n").wait(for: "1 bookmark")
      }
    }
  }

  @Test("what a client says on its stream of events is dropped")
  func chatter() async throws {
    let source = try source(1)
    try await WatchServer.run(source) { server in
      let client = try await server.events(headers: "\r\nGET / HTTP/1.1\r\nHost: a\r\n")
      try await client.wait(for: "1 bookmark")
      try add(1, to: source)
      try await client.wait(for: "2 updated")
      #expect(client.summaries == ["1 bookmark", "2 updated"])
    }
  }
}
