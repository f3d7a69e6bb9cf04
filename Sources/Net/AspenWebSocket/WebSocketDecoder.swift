/// Takes frames apart and joins messages (RFC 6455 5), strictly and without extensions.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |F|R|R|R| opcode|M| length      |  extended length: 16 bits if length is 126, 64 bits if 127
/// |I|S|S|S|  (4)  |A|     (7)     |  masking key: 32 bits if MASK is set
/// |N|V|V|V|       |S|             |  payload
/// ```
/// Bytes go straight into the message that is delivered; between frames nothing is kept but the
/// fragments of an unfinished message, at most `maxMessageBytes`, and an incomplete head. After an
/// error the decoder must not be used again.
package struct WebSocketDecoder: Sendable {
  private struct Frame: Sendable {
    let opcode: WebSocketOpcode
    let isFinal: Bool
    let mask: UInt32?
    let length: Int
    var received = 0
  }

  /// A peer that only announces a big message gets no more memory than this.
  private static let firstReservation = 1024 * 1024

  private let role: WebSocketRole
  private let maxMessageBytes: Int
  private var head = InlineArray<14, UInt8>(repeating: 0)
  private var headCount = 0
  private var frame: Frame?
  private var message: [UInt8] = []
  /// Text or binary while a message is unfinished.
  private var messageOpcode: WebSocketOpcode?
  private var control: [UInt8] = []
  private var validator = UTF8Validator()

  /// A decoder of what arrives at the end that plays `role`.
  package init(role: WebSocketRole, maxMessageBytes: Int) {
    self.role = role
    self.maxMessageBytes = maxMessageBytes
  }

  /// Reads from `position` on up to the end of a message or control frame; nil when the bytes end
  /// first.
  package mutating func next(_ bytes: Span<UInt8>, _ position: inout Int)
    throws(WebSocketProtocolError) -> WebSocketEvent?
  {
    while true {
      if frame == nil {
        guard try readHead(bytes, &position) else { return nil }
      }
      guard var current = frame else { return nil }
      let count = min(current.length - current.received, bytes.count - position)
      if count > 0 {
        try take(bytes.extracting(position..<position + count), current)
        position += count
        current.received += count
        frame = current
      }
      guard current.received == current.length else { return nil }
      frame = nil
      if let event = try finish(current) { return event }
    }
  }

  private mutating func readHead(_ bytes: Span<UInt8>, _ position: inout Int)
    throws(WebSocketProtocolError) -> Bool
  {
    while position < bytes.count {
      head[headCount] = bytes[position]
      headCount += 1
      position += 1
      // Checked as early as possible, so that a peer that speaks another protocol hears of it.
      if headCount == 2 { try checkHead() }
      guard headCount >= 2, headCount == headSize else { continue }
      let parsed = try parseHead()
      headCount = 0
      frame = parsed
      if !parsed.opcode.isControl { reserve(parsed.length) }
      return true
    }
    return false
  }

  private mutating func reserve(_ count: Int) {
    let wanted = message.count + min(count, Self.firstReservation)
    guard wanted > message.capacity else { return }
    // At least doubled: a message of many fragments must not be copied for each of them.
    message.reserveCapacity(max(wanted, message.isEmpty ? 0 : 2 * message.capacity))
  }

  private var headSize: Int {
    let extended = head[1] & 0x7F == 126 ? 2 : head[1] & 0x7F == 127 ? 8 : 0
    return 2 + extended + (head[1] & 0x80 != 0 ? 4 : 0)
  }

  private func checkHead() throws(WebSocketProtocolError) {
    guard head[0] & 0x70 == 0 else { throw .malformed("a reserved bit is set") }
    guard let opcode = WebSocketOpcode(rawValue: head[0] & 0x0F) else {
      throw .malformed("the opcode is reserved")
    }
    let isMasked = head[1] & 0x80 != 0
    guard isMasked == (role == .server) else {
      throw .malformed(isMasked ? "a server's frame is masked" : "a client's frame is not masked")
    }
    if opcode.isControl {
      guard head[0] & 0x80 != 0 else { throw .malformed("a control frame is fragmented") }
      guard head[1] & 0x7F <= 125 else { throw .malformed("a control frame is too long") }
    } else if opcode == .continuation {
      guard messageOpcode != nil else { throw .malformed("there is no message to continue") }
    } else {
      guard messageOpcode == nil else { throw .malformed("a message begins inside another") }
    }
  }

  private func parseHead() throws(WebSocketProtocolError) -> Frame {
    var length = UInt64(head[1] & 0x7F)
    var next = 2
    if length >= 126 {
      let size = length == 126 ? 2 : 8
      length = 0
      for index in 2..<2 + size { length = length << 8 | UInt64(head[index]) }
      guard size == 2 ? length > 125 : length > 0xFFFF else {
        throw .malformed("the length is not in its shortest form")
      }
      guard length >> 63 == 0 else { throw .malformed("the length is negative") }
      next += size
    }
    var mask: UInt32?
    if head[1] & 0x80 != 0 {
      var key: UInt32 = 0
      for index in next..<next + 4 { key = key << 8 | UInt32(head[index]) }
      mask = key
    }
    guard let opcode = WebSocketOpcode(rawValue: head[0] & 0x0F) else {
      throw .malformed("the opcode is reserved")
    }
    guard opcode.isControl || length <= UInt64(maxMessageBytes - message.count) else {
      throw .tooBig(maxMessageBytes)
    }
    return Frame(
      opcode: opcode, isFinal: head[0] & 0x80 != 0, mask: mask, length: Int(length))
  }

  /// Appends and unmasks a piece of a frame's payload.
  private mutating func take(_ piece: Span<UInt8>, _ frame: Frame) throws(WebSocketProtocolError) {
    if frame.opcode.isControl {
      Self.append(piece, frame, to: &control)
      return
    }
    let start = message.count
    Self.append(piece, frame, to: &message)
    guard frame.opcode == .text || messageOpcode == .text else { return }
    let isValid = message.withUnsafeBytes {
      validator.accept(UnsafeRawBufferPointer(rebasing: $0[start...]))
    }
    guard isValid else { throw .notUTF8 }
  }

  private static func append(_ piece: Span<UInt8>, _ frame: Frame, to bytes: inout [UInt8]) {
    let start = bytes.count
    piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    if let mask = frame.mask {
      WebSocketMask.apply(mask, offset: frame.received, to: &bytes, from: start)
    }
  }

  private mutating func finish(_ frame: Frame) throws(WebSocketProtocolError) -> WebSocketEvent? {
    switch frame.opcode {
    case .ping: return .ping(takeControl())
    case .pong: return .pong(takeControl())
    case .close: return try close(takeControl())
    case .text, .binary: messageOpcode = frame.opcode
    case .continuation: break
    }
    guard frame.isFinal else { return nil }
    let opcode = messageOpcode
    messageOpcode = nil
    let complete = message
    message = []
    guard opcode == .text else { return .binary(complete) }
    guard validator.isComplete else { throw .notUTF8 }
    return .text(String(decoding: complete, as: UTF8.self))
  }

  private mutating func takeControl() -> [UInt8] {
    let bytes = control
    control = []
    return bytes
  }

  private func close(_ payload: [UInt8]) throws(WebSocketProtocolError) -> WebSocketEvent {
    guard !payload.isEmpty else { return .close(code: nil, reason: "") }
    guard payload.count >= 2 else { throw .malformed("a close frame has one byte") }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    guard Self.isSendable(code) else { throw .malformed("the close code is reserved") }
    guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .notUTF8 }
    return .close(code: code, reason: reason)
  }

  /// The codes that may travel (RFC 6455 7.4 and the IANA registry).
  package static func isSendable(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
