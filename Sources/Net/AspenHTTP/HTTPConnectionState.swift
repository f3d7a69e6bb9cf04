/// One server connection, without its socket: bytes in, actions out.
///
/// ```
/// head ─┬─ body ─┬─ handling ─┬─ head      (next request of the connection)
///       │        │            └─ upgraded  (bytes belong to another protocol)
///       └────────┴─ closed                 (refused, or the last response was given)
/// ```
/// Requests are handled one at a time: what arrives meanwhile waits in `held`, and the shell stops
/// reading when `holdsEnough`.
struct HTTPConnectionState: Sendable {
  /// What the shell has to do after an event.
  enum Action: Sendable {
    /// Nothing until more bytes arrive.
    case wait
    /// Send `100 Continue`, then wait for the body.
    case sendContinue
    /// Let the handler answer.
    case handle(HTTPRequestHead, body: [UInt8])
    /// Answer with this error and close.
    case reject(HTTPParseError)
  }

  /// What the peer owes.
  enum Waiting: Sendable, Equatable {
    case firstByte, head, body, nothing
  }

  private enum Phase: Sendable {
    case head
    case body(HTTPRequestHead, HTTPBodyDecoder)
    case handling
    case upgraded
    case closed
  }

  /// Most bytes kept while a request is handled before reading stops.
  private static let holdBytes = 64 * 1024

  private let bodyBytes: Int
  private var parser: HTTPHeadParser
  private var phase = Phase.head
  private var held: [UInt8] = []
  private var heldStart = 0
  private var skipsEmptyLine = true

  init(limits: HTTPHeadParser.Limits, bodyBytes: Int) {
    parser = HTTPHeadParser(limits: limits)
    self.bodyBytes = bodyBytes
  }

  var waiting: Waiting {
    switch phase {
    case .head: held.isEmpty ? .firstByte : .head
    case .body: .body
    case .handling, .upgraded, .closed: .nothing
    }
  }

  var holdsEnough: Bool { held.count - heldStart >= Self.holdBytes }

  /// Bytes arrived.
  mutating func received(_ bytes: Span<UInt8>) -> Action {
    guard held.isEmpty else {
      bytes.withUnsafeBufferPointer { held.append(contentsOf: $0) }
      return proceed()
    }
    var position = 0
    let action = process(bytes, &position)
    if position < bytes.count, !isClosed {
      bytes.extracting(position..<bytes.count).withUnsafeBufferPointer {
        held.append(contentsOf: $0)
      }
    }
    return action
  }

  /// The response was given and the connection stays: go on with what is held.
  mutating func responded() -> Action {
    guard case .handling = phase else { preconditionFailure("responded without a request") }
    phase = .head
    return proceed()
  }

  /// Another protocol takes over: returns the bytes that already arrived for it.
  mutating func upgrade() -> [UInt8] {
    guard case .handling = phase else { preconditionFailure("upgraded without a request") }
    phase = .upgraded
    let pending = Array(held[heldStart...])
    held = []
    return pending
  }

  /// Nothing is read or answered any more.
  mutating func close() {
    phase = .closed
    held = []
    heldStart = 0
  }

  private var isClosed: Bool { if case .closed = phase { true } else { false } }

  private mutating func proceed() -> Action {
    guard !held.isEmpty else { return .wait }
    // Taken out so that its span can be read while this value changes.
    let bytes = held
    held = []
    var position = heldStart
    let action = process(bytes.span, &position)
    guard !isClosed else { return action }
    if position < bytes.count {
      held = bytes
      heldStart = position
      compact()
    } else {
      heldStart = 0
    }
    return action
  }

  /// Consumed bytes go when they are most of the buffer, so many small requests cost no more than
  /// one big one.
  private mutating func compact() {
    guard heldStart > 4096, heldStart > held.count / 2 else { return }
    held.removeFirst(heldStart)
    heldStart = 0
  }

  private mutating func process(_ bytes: Span<UInt8>, _ position: inout Int) -> Action {
    do throws(HTTPParseError) {
      switch phase {
      case .head: return try processHead(bytes, &position)
      case .body(let head, var decoder):
        // The enum must not keep a second reference to the body while it grows.
        phase = .closed
        return try processBody(bytes, &position, head, &decoder)
      case .handling, .upgraded: return .wait
      case .closed:
        position = bytes.count
        return .wait
      }
    } catch {
      close()
      return .reject(error)
    }
  }

  private mutating func processHead(_ bytes: Span<UInt8>, _ position: inout Int)
    throws(HTTPParseError) -> Action
  {
    let rest = bytes.extracting(position..<bytes.count)
    guard let size = try parser.headEnd(rest) else { return .wait }
    if size == 2 {
      // RFC 9112 2.2: one empty line before a request is forgiven.
      guard skipsEmptyLine else { throw HTTPParseError("The request line is empty.") }
      skipsEmptyLine = false
      position += 2
      return try processHead(bytes, &position)
    }
    skipsEmptyLine = true
    let head = try HTTPRequestHead(rest, size: size, parser: parser)
    position += size
    guard head.framing != .none else {
      phase = .handling
      return .handle(head, body: [])
    }
    var decoder = try HTTPBodyDecoder(head.framing, limit: bodyBytes)
    if head.expectsContinue, position == bytes.count {
      phase = .body(head, decoder)
      return .sendContinue
    }
    return try processBody(bytes, &position, head, &decoder)
  }

  private mutating func processBody(
    _ bytes: Span<UInt8>, _ position: inout Int, _ head: HTTPRequestHead,
    _ decoder: inout HTTPBodyDecoder
  ) throws(HTTPParseError) -> Action {
    try decoder.decode(bytes, &position)
    guard decoder.isDone else {
      phase = .body(head, decoder)
      return .wait
    }
    phase = .handling
    return .handle(head, body: decoder.takeBody())
  }
}
