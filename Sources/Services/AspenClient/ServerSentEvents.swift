/// Reads server-sent events (HTML Living Standard 9.2.6) from the bytes of a body.
///
/// | line | does |
/// |---|---|
/// | empty | ends an event; one without data is dropped |
/// | `data: text` | adds a line to the event's data |
/// | `id: text`, `event: text` | set the event's id and type |
/// | `: text` and other fields | nothing |
///
/// An event longer than `maxEventBytes` is cut off by an error, since nobody sends such.
package struct ServerSentEvents: Sendable {
  /// One event.
  package struct Event: Sendable, Hashable {
    /// Nil unless the server sent one with it.
    package var id: String?
    /// `message` unless the server named another.
    package var type = "message"
    package var data = ""

    /// An event without data.
    package init() {}
  }

  /// A log line or a resource with its spec is a few KiB.
  package static let maxEventBytes = 1 << 20

  private var line: [UInt8] = []
  private var event = Event()
  private var hasData = false
  private var bytes = 0
  private var isAfterReturn = false

  /// A reader of a body from its first byte.
  package init() {}

  /// The events that the bytes complete.
  package mutating func received(_ chunk: [UInt8]) throws(ClientError) -> [Event] {
    var events: [Event] = []
    for byte in chunk {
      let isAfterReturn = isAfterReturn
      self.isAfterReturn = byte == 0x0D
      switch byte {
      case 0x0A where isAfterReturn: continue
      case 0x0A, 0x0D:
        if let event = endOfLine() { events.append(event) }
      default:
        bytes += 1
        guard bytes <= Self.maxEventBytes else {
          throw .unexpectedAnswer("an event is longer than \(Self.maxEventBytes) bytes")
        }
        line.append(byte)
      }
    }
    return events
  }

  private mutating func endOfLine() -> Event? {
    defer { line.removeAll(keepingCapacity: true) }
    if line.isEmpty {
      defer {
        event = Event()
        hasData = false
        bytes = 0
      }
      return hasData ? event : nil
    }
    let text = String(decoding: line, as: UTF8.self)
    let colon = text.firstIndex(of: ":") ?? text.endIndex
    var value = text[colon...].dropFirst()
    if value.first == " " { value = value.dropFirst() }
    switch text[..<colon] {
    case "data":
      event.data += (hasData ? "\n" : "") + value
      hasData = true
    case "id": event.id = String(value)
    case "event": event.type = String(value)
    default: break
    }
    return nil
  }
}
