import AspenModel
import AspenNet
import Testing

@testable import AspenController

@Suite("A watcher's place in the feed")
struct WatchStateTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000)

  private func state(
    after position: Int64 = 0, kinds: Set<ResourceKind> = [.camera], bookmarks: Bool = true,
    announces: Bool = false
  ) -> WatchState {
    WatchState(
      after: position, epoch: 0,
      filter: WatchFilter(kinds: kinds, selector: .everything, scope: .everything),
      sendsBookmarks: bookmarks, announcesStart: announces, at: start)
  }

  private func cameras(_ revisions: ClosedRange<Int64>, padding: Int = 0) throws -> [EncodedChange]
  {
    try revisions.map { EncodedChange(try .camera($0, padding: padding)) }
  }

  private func workers(_ revisions: ClosedRange<Int64>) -> [EncodedChange] {
    revisions.map { EncodedChange(.worker($0)) }
  }

  private func summaries(_ step: WatchState.Step) -> [String] {
    guard case .send(let events) = step else { return ["\(step)"] }
    return events.compactMap { $0.received }
      .map(\.summary)
  }

  @Test("a watch from now says where it begins, before anything else")
  func announcement() throws {
    var state = state(after: 4, announces: true)
    #expect(summaries(state.next(.changes(try cameras(5...5)), at: start)) == ["4 bookmark"])
    #expect(summaries(state.next(.changes(try cameras(5...5)), at: start)) == ["5 created"])
    #expect(state.position == 5)
  }

  @Test("a batch ends when it is large enough, and the rest comes with the next")
  func batches() throws {
    var state = state()
    let changes = try cameras(1...5, padding: 40_000)
    #expect(summaries(state.next(.changes(changes), at: start)) == ["1 created", "2 created"])
    let rest = Array(changes.dropFirst(2))
    #expect(summaries(state.next(.changes(rest), at: start)) == ["3 created", "4 created"])
  }

  @Test("after a thousand changes for others a bookmark says how far the watch has come")
  func hiddenRun() throws {
    var state = state()
    guard case .proceed = state.next(.changes(workers(1...999)), at: start) else {
      Issue.record("there is something to send")
      return
    }
    #expect(
      summaries(state.next(.changes(workers(1000...1001)), at: start)) == ["1001 bookmark"])
    guard case .proceed = state.next(.changes(workers(1002...2000)), at: start) else {
      Issue.record("the run did not begin anew")
      return
    }
  }

  @Test("silence of ten seconds is ended by a bookmark, or by a comment where none is wanted")
  func silence() throws {
    var state = state(after: 3)
    guard case .wait = state.next(.caughtUp, at: start + .seconds(9)) else {
      Issue.record("it does not wait")
      return
    }
    #expect(summaries(state.next(.caughtUp, at: start + .seconds(10))) == ["3 bookmark"])
    guard case .wait = state.next(.caughtUp, at: start + .seconds(19)) else {
      Issue.record("it does not wait again")
      return
    }
    var quiet = self.state(bookmarks: false, announces: true)
    guard case .send(let events) = quiet.next(.caughtUp, at: start + .seconds(10)) else {
      Issue.record("the connection looks dead")
      return
    }
    #expect(events == [.keepAlive])
  }

  @Test("who is behind reads from its place, and who has lost it ends without a place to resume")
  func behind() throws {
    var state = state(after: 3)
    guard case .read(after: 3) = state.next(.behind, at: start) else {
      Issue.record("it does not read")
      return
    }
    #expect(state.take(try cameras(4...6), at: start).count == 3)
    #expect(state.position == 6)
    guard case .end(let event) = state.next(.gone(newest: 2), at: start) else {
      Issue.record("it does not end")
      return
    }
    let received = try #require(event.received)
    #expect(received.summary == "gone" && received.data["revision"]?.wholeNumber == 2)
  }

  @Test("the JSON of an event is the message of a WebSocket")
  func json() throws {
    let event = WatchEvent(.bookmark, revision: 12)
    #expect(
      String(decoding: event.bytes, as: UTF8.self)
        == "id: 12\nevent: bookmark\ndata: {\"type\":\"bookmark\",\"revision\":12}\n\n")
    #expect(
      String(decoding: event.bytes[event.json], as: UTF8.self)
        == "{\"type\":\"bookmark\",\"revision\":12}")
  }
}
