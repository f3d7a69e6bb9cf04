import AspenClient
import Testing

@Suite("Server-sent events")
struct ServerSentEventsTests {
  private static let text =
    ": note\n\nid: 7\nevent: updated\ndata: one\ndata:two\r\n\r\nretry: 5\ndata\n\ndata: last\r\r"

  private static func event(_ id: String?, _ type: String, _ data: String) -> ServerSentEvents.Event
  {
    var event = ServerSentEvents.Event()
    event.id = id
    event.type = type
    event.data = data
    return event
  }

  @Test("events are the same wherever the bytes are split", arguments: 0...text.utf8.count)
  func splits(at index: Int) throws {
    let bytes = Array(Self.text.utf8)
    var reader = ServerSentEvents()
    let events =
      try reader.received(Array(bytes[..<index])) + reader.received(Array(bytes[index...]))
    #expect(
      events == [
        Self.event("7", "updated", "one\ntwo"), Self.event(nil, "message", ""),
        Self.event(nil, "message", "last"),
      ])
  }

  @Test("an event without end is an error")
  func endless() {
    var reader = ServerSentEvents()
    #expect(throws: ClientError.self) {
      _ = try reader.received([UInt8](repeating: 0x61, count: ServerSentEvents.maxEventBytes + 1))
    }
  }
}
