import AspenModel
import AspenTestSupport
import Synchronization

@testable import AspenController

/// A feed in memory, which can be trimmed, restored and broken.
final class MemoryChangeSource: ChangeSource {
  struct Outage: Error {}

  private struct State {
    var changes: [WatchedChange] = []
    var trimmedThrough: Int64 = 0
    var isDown = false
    var reads = 0
  }

  private let state = Mutex(State())

  /// How often it was read.
  var reads: Int { state.withLock { $0.reads } }

  var newestNow: Int64 {
    state.withLock { $0.trimmedThrough + Int64($0.changes.count) }
  }

  /// Adds changes; their revisions come next.
  func append(_ changes: [WatchedChange]) {
    state.withLock { $0.changes += changes }
  }

  /// Forgets all changes up to a revision.
  func trim(through revision: Int64) {
    state.withLock { state in
      state.changes.removeFirst(Int(revision - state.trimmedThrough))
      state.trimmedThrough = revision
    }
  }

  /// Becomes what it was at an earlier revision.
  func restore(to revision: Int64) {
    state.withLock { $0.changes.removeLast($0.changes.count - Int(revision - $0.trimmedThrough)) }
  }

  func setDown(_ isDown: Bool) {
    state.withLock { $0.isDown = isDown }
  }

  func changes(after revision: Int64, limit: Int) async throws -> WatchedPage {
    try state.withLock { state in
      state.reads += 1
      if state.isDown { throw Outage() }
      let newest = state.trimmedThrough + Int64(state.changes.count)
      guard (state.trimmedThrough...newest).contains(revision) else {
        throw ChangeSourceError.gone(oldest: state.trimmedThrough, newest: newest)
      }
      let first = Int(revision - state.trimmedThrough)
      return WatchedPage(
        changes: Array(state.changes[first..<min(first + limit, state.changes.count)]),
        newest: newest)
    }
  }

  func newest() async throws -> Int64 {
    try state.withLock { state in
      if state.isDown { throw Outage() }
      return state.trimmedThrough + Int64(state.changes.count)
    }
  }
}

extension WatchedChange {
  /// A camera that was created, has other labels, or is gone.
  static func camera(
    _ revision: Int64, id: Int64 = 1, before: [String: String]? = nil,
    after: [String: String]? = [:], padding: Int = 0
  ) throws -> WatchedChange {
    func labels(_ values: [String: String]?) throws -> WatchedLabels? {
      guard let values else { return nil }
      let labels = try Labels(values)
      return WatchedLabels(own: labels, camera: labels)
    }
    let shown = try Labels(after ?? before ?? [:])
    return WatchedChange(
      revision: revision, kind: .camera, id: id, name: "c\(id)", before: try labels(before),
      after: try labels(after),
      object: .object(
        compacting: [
          ("id", .integer(id)), ("kind", "camera"), ("labels", shown.json),
          ("name", .string("c\(id)")),
          ("padding", padding > 0 ? .string(String(repeating: "x", count: padding)) : nil),
        ]))
  }

  /// A worker that was updated.
  static func worker(_ revision: Int64) -> WatchedChange {
    let labels = WatchedLabels(own: Labels(), camera: nil)
    return WatchedChange(
      revision: revision, kind: .worker, id: 7, name: "w", before: labels, after: labels,
      object: ["kind": "worker", "id": 7, "name": "w"])
  }
}

/// An event as a client reads it.
struct ReceivedEvent: Sendable, Hashable {
  let id: Int64?
  let type: String
  private let text: String

  /// Reads the text of a server-sent event, without the empty line at its end; nil for a comment.
  init?(_ text: some StringProtocol) {
    var id: Int64?
    var type: String?
    var data = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix("id: ") { id = Int64(line.dropFirst(4)) }
      if line.hasPrefix("event: ") { type = String(line.dropFirst(7)) }
      if line.hasPrefix("data: ") { data = String(line.dropFirst(6)) }
    }
    guard let type else { return nil }
    self.id = id
    self.type = type
    self.text = data
  }

  /// The document of the event.
  var data: JSONValue { (try? JSONValue(parsing: Array(text.utf8))) ?? .null }

  /// `12 updated`; without a place to resume from `gone`.
  var summary: String { id.map { "\($0) \(type)" } ?? type }
}

extension WatchEvent {
  /// The event as a client reads it.
  var received: ReceivedEvent? { ReceivedEvent(String(decoding: bytes, as: UTF8.self)) }
}
