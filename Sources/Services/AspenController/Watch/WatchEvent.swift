import AspenModel

/// What an event says, as `type` in its JSON and `event:` of server-sent events.
enum WatchEventType: String, Sendable, Hashable, CaseIterable {
  /// The thing is new, or has begun to match the selector or the watcher's access.
  case created
  case updated
  /// The thing is gone, or has stopped to match.
  case deleted
  /// All changes up to the revision have been told: a place to resume from.
  case bookmark
  /// The feed no longer holds the changes that come next: list again. The last event.
  case gone
}

/// An event as bytes: the text of a server-sent event with the JSON in it, so that all watchers of both
/// transports share one buffer.
///
/// ```
/// id: 12\n event: updated\n data: {"type":"updated","revision":12,…}\n \n
///                                 └────────── json ───────────────┘
/// ```
struct WatchEvent: Sendable, Hashable {
  /// The whole server-sent event.
  let bytes: [UInt8]
  /// The part that a WebSocket message carries; empty for what only keeps a connection alive.
  let json: Range<Int>
  /// The part that is the object; empty without one.
  let object: Range<Int>

  /// What keeps a connection of server-sent events from looking dead: a comment.
  static let keepAlive = WatchEvent(bytes: Array(":\n\n".utf8), json: 0..<0, object: 0..<0)

  /// A change of a thing, whose JSON is in `object`.
  init(_ type: WatchEventType, revision: Int64, kind: ResourceKind, object: ArraySlice<UInt8>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(object.count + 128)
    let start = Self.begin(type, revision, isPlace: true, to: &bytes)
    bytes += ",\"kind\":\"\(kind.rawValue)\",\"object\":".utf8
    let objectStart = bytes.count
    bytes += object
    self.object = objectStart..<bytes.count
    bytes.append(0x7D)
    json = start..<bytes.count
    bytes += "\n\n".utf8
    self.bytes = bytes
  }

  /// A bookmark, or the end. A client that lost its place must not resume from the end's revision.
  init(_ type: WatchEventType, revision: Int64) {
    var bytes: [UInt8] = []
    let start = Self.begin(type, revision, isPlace: type != .gone, to: &bytes)
    bytes.append(0x7D)
    json = start..<bytes.count
    object = 0..<0
    bytes += "\n\n".utf8
    self.bytes = bytes
  }

  /// An event without a place to resume from, such as a line of the log.
  init(name: String, json document: JSONValue) {
    var bytes = Array("event: \(name)\ndata: ".utf8)
    let start = bytes.count
    bytes += document.serialized
    json = start..<bytes.count
    object = 0..<0
    bytes += "\n\n".utf8
    self.bytes = bytes
  }

  private init(bytes: [UInt8], json: Range<Int>, object: Range<Int>) {
    self.bytes = bytes
    self.json = json
    self.object = object
  }

  private static func begin(
    _ type: WatchEventType, _ revision: Int64, isPlace: Bool, to bytes: inout [UInt8]
  ) -> Int {
    if isPlace { bytes += "id: \(revision)\n".utf8 }
    bytes += "event: \(type.rawValue)\ndata: ".utf8
    let start = bytes.count
    bytes += "{\"type\":\"\(type.rawValue)\",\"revision\":\(revision)".utf8
    return start
  }
}
