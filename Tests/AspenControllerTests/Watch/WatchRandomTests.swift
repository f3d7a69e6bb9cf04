import AspenModel
import AspenTestSupport
import Testing

@testable import AspenController

@Suite("Watches that break at random")
struct WatchRandomTests {
  private static let events: Int64 = 20_000

  @Test(
    "over real sockets that break, stall and resume every event arrives once and in order",
    arguments: [UInt64(7)])
  func exactlyOnce(seed: UInt64) async throws {
    let source = MemoryChangeSource()
    try await WatchServer.run(source, capacity: 512) { server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<4 {
          group.addTask {
            let revisions = try await Self.follow(server, seed: seed &+ UInt64(number))
            #expect(revisions == Array(1...Self.events), "client \(number), seed \(seed)")
          }
        }
        var random = SeededGenerator(seed: seed)
        while source.newestNow < Self.events {
          let first = source.newestNow + 1
          let last = min(first + Int64.random(in: 0..<300, using: &random), Self.events)
          source.append(try (first...last).map { try .camera($0, before: [:], padding: 200) })
          server.watch.signal("\(last)")
          await Task.yield()
        }
        try await group.waitForAll()
      }
    }
  }

  /// All revisions that a client has read when it has read the last; it breaks and resumes as it goes.
  private static func follow(_ server: WatchServer, seed: UInt64) async throws -> [Int64] {
    var random = SeededGenerator(seed: seed)
    var revisions: [Int64] = []
    while (revisions.last ?? 0) < events {
      let place = revisions.last ?? 0
      let isSlow = Bool.random(using: &random)
      let client = try await server.events(
        "", headers: "Last-Event-ID: \(place)\r\n", reads: !isSlow)
      if isSlow { client.beginReading() }
      let target = min(place + Int64.random(in: 1...3_000, using: &random), events)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        client.pause()
        await Task.yield()
        client.resume()
      }
      try await waitUntil("revision \(target)") {
        client.events.value.last.map { ($0.id ?? 0) >= target } ?? false
      }
      // The connection breaks with events on their way; what was read counts.
      client.close()
      try await client.waitForEnd()
      revisions += client.events.value.filter { $0.type != "bookmark" }.compactMap(\.id)
    }
    return revisions
  }
}
