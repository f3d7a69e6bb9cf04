import AspenModel
import AspenNet
import AspenTestSupport
import Foundation
import Testing

@testable import AspenController

/// A cluster in which things come, change, move and go.
private struct World {
  private struct Thing {
    let kind: ResourceKind
    let labels: Labels
  }

  private var things: [Int64: Thing] = [:]
  private var revision: Int64 = 0
  private let sites: [Labels]

  init() throws {
    sites = try ["a", "b", "c"].map { try Labels(["site": $0]) }
  }

  mutating func change(_ random: inout SeededGenerator) -> WatchedChange {
    revision += 1
    let id = Int64.random(in: 1...200, using: &random)
    let site = sites[Int.random(in: 0..<3, using: &random)]
    let old = things[id]
    let isGone = old != nil && Int.random(in: 0..<10, using: &random) == 0
    let kind = old?.kind ?? (id % 4 == 0 ? .worker : id % 4 == 1 ? .stream : .camera)
    things[id] = isGone ? nil : Thing(kind: kind, labels: site)
    func watched(_ labels: Labels) -> WatchedLabels {
      WatchedLabels(own: labels, camera: kind.isOfCamera ? labels : nil)
    }
    return WatchedChange(
      revision: revision, kind: kind, id: id, name: "t\(id)",
      before: old.map { watched($0.labels) }, after: isGone ? nil : watched(site), object: .null)
  }
}

/// What a client is told, without the object.
private struct Told: Hashable {
  let revision: Int64
  let type: WatchEventType

  init(_ revision: Int64, _ type: WatchEventType) {
    self.revision = revision
    self.type = type
  }

  /// Reads `id: 12`, and the type by the first letter behind `event: `, which differs.
  init?(_ event: WatchEvent) {
    var revision: Int64 = 0
    var index = 4
    while event.bytes[index] != 0x0A {
      revision = revision * 10 + Int64(event.bytes[index]) - 0x30
      index += 1
    }
    let letter = event.bytes[index + 8]
    guard let type = WatchEventType.allCases.first(where: { $0.rawValue.utf8.first == letter })
    else { return nil }
    self.init(revision, type)
  }
}

/// One client and the controller's end of its connection, which breaks and stalls at random.
private struct Client {
  let filter: WatchFilter
  let bookmarks: Bool
  /// Out of 100 turns, those in which it reads.
  let diligence: Int
  var state: WatchState
  /// Sent and not yet read; lost when the connection breaks.
  var inFlight: [WatchEvent] = []
  /// The revision that it would resume from.
  var place: Int64 = 0
  var expected: [Told] = []
  var received = 0
  var mistakes: [String] = []
  var resumes = 0
  var reads = 0

  init(kinds: Set<ResourceKind>, selector: String, cameras: [String]?, diligence: Int) throws {
    filter = WatchFilter(
      kinds: kinds, selector: try LabelSelector(parsing: selector),
      scope: WatchScope(
        kinds: Set(ResourceKind.allCases),
        cameraScopes: try cameras?.map { try LabelSelector(parsing: $0) }))
    bookmarks = diligence != 50
    self.diligence = diligence
    state = Self.state(after: 0, filter, bookmarks: bookmarks)
  }

  static func state(after place: Int64, _ filter: WatchFilter, bookmarks: Bool) -> WatchState {
    WatchState(
      after: place, epoch: 0, filter: filter, sendsBookmarks: bookmarks, announcesStart: false,
      at: MonotonicTime(nanoseconds: 0))
  }

  /// What the client must be told of a change, worked out the long way.
  mutating func expect(_ change: WatchedChange) {
    func sees(_ labels: WatchedLabels?) -> Bool {
      guard let labels, filter.kinds.contains(change.kind), filter.selector.matches(labels.own)
      else { return false }
      guard change.kind.isOfCamera, let scopes = filter.scope.cameraScopes else { return true }
      return scopes.contains { $0.matches(labels.camera ?? Labels()) }
    }
    switch (sees(change.before), sees(change.after)) {
    case (false, false): break
    case (false, true): expected.append(Told(change.revision, .created))
    case (true, true): expected.append(Told(change.revision, .updated))
    case (true, false): expected.append(Told(change.revision, .deleted))
    }
  }

  /// The connection has room: the controller sends what comes next.
  mutating func pump(_ ring: ChangeRing, _ feed: [WatchedChange]) {
    guard inFlight.isEmpty else { return }
    switch state.next(
      ring.window(after: state.position, epoch: 0, limit: WatchState.Limits.window),
      at: MonotonicTime(nanoseconds: 0))
    {
    case .send(let events): inFlight = events
    case .proceed, .wait: break
    case .read(let revision):
      reads += 1
      let page = feed[Int(revision)..<min(Int(revision) + 256, feed.count)]
      inFlight = state.take(
        page.lazy.map(EncodedChange.init), at: MonotonicTime(nanoseconds: 0))
    case .end: mistakes.append("ended at \(state.position)")
    }
  }

  mutating func read(_ count: Int) {
    for event in inFlight.prefix(count) {
      guard let told = Told(event) else {
        mistakes.append("malformed: \(String(decoding: event.bytes, as: UTF8.self))")
        continue
      }
      if told.revision < place { mistakes.append("back from \(place) to \(told.revision)") }
      place = told.revision
      if told.type == .bookmark { continue }
      if received >= expected.count || expected[received] != told {
        mistakes.append("told \(told) after \(received) of \(expected.count)")
      }
      received += 1
    }
    inFlight.removeFirst(min(count, inFlight.count))
  }

  /// The connection breaks; a new one resumes after the last event that was read.
  mutating func reconnect() {
    resumes += 1
    inFlight = []
    state = Self.state(after: place, filter, bookmarks: bookmarks)
  }
}

@Suite("A simulation of watchers")
struct WatchSimulationTests {
  /// More with `ASPEN_WATCH_EVENTS`.
  private static let events =
    ProcessInfo.processInfo.environment["ASPEN_WATCH_EVENTS"].flatMap(Int.init) ?? 200_000

  private static func clients() throws -> [Client] {
    let all = Set(ResourceKind.allCases)
    return [
      try Client(kinds: all, selector: "", cameras: nil, diligence: 100),
      try Client(kinds: all, selector: "", cameras: nil, diligence: 3),
      try Client(kinds: all, selector: "site=a", cameras: nil, diligence: 50),
      try Client(kinds: [.camera], selector: "site!=a", cameras: ["site=b"], diligence: 20),
      try Client(kinds: all, selector: "", cameras: ["site=a", "site=c"], diligence: 80),
      try Client(kinds: [.token], selector: "", cameras: nil, diligence: 10),
    ]
  }

  @Test(
    "through disconnects, stalls and falls behind the ring every event arrives once and in order",
    arguments: [UInt64(20_261)])
  func exactlyOnce(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var world = try World()
    var ring = ChangeRing(after: 0, capacity: 700)
    var feed: [WatchedChange] = []
    var clients = try Self.clients()
    while feed.count < Self.events || clients.contains(where: { $0.state.position < feed.count }) {
      if feed.count < Self.events {
        for _ in 0..<Int.random(in: 0...120, using: &random) {
          let change = world.change(&random)
          feed.append(change)
          for index in clients.indices { clients[index].expect(change) }
        }
      }
      // The reader is a little behind the feed.
      let new = min(feed.count - Int(ring.newest), Int.random(in: 0...150, using: &random))
      for change in feed[Int(ring.newest)...].prefix(new) { ring.append(EncodedChange(change)) }
      for index in clients.indices {
        let isOver = feed.count >= Self.events
        if isOver || Int.random(in: 0..<100, using: &random) < clients[index].diligence {
          clients[index].pump(ring, feed)
          clients[index].read(Int.random(in: 0...400, using: &random))
        }
        if !isOver, Int.random(in: 0..<60, using: &random) == 0 { clients[index].reconnect() }
      }
    }
    for index in clients.indices {
      clients[index].read(.max)
      let client = clients[index]
      #expect(client.mistakes.prefix(3) == [], "client \(index), seed \(seed)")
      #expect(client.received == client.expected.count, "client \(index), seed \(seed)")
      #expect(client.resumes > 10)
    }
    #expect(clients[1].reads > 100, "a slow client falls behind the ring")
    #expect(clients[5].place > Self.events - 2_000, "bookmarks move a client that is told nothing")
  }
}
