/// The character classes of RFC 9110 and helpers on ASCII bytes.
enum HTTPSyntax {
  static let carriageReturn: UInt8 = 0x0D
  static let lineFeed: UInt8 = 0x0A

  /// tchar (RFC 9110 5.6.2): methods and field names.
  static func isToken(_ byte: UInt8) -> Bool {
    // Bit masks of the tchar set, one bit a character, for 0…63 and 64…127.
    let low: UInt64 = 0x03FF_6CFA_0000_0000
    let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
    if byte < 64 { return low & (1 << UInt64(byte)) != 0 }
    return byte < 128 && high & (1 << UInt64(byte &- 64)) != 0
  }

  /// field-vchar, space and tab (RFC 9110 5.5), obs-text included.
  static func isFieldText(_ byte: UInt8) -> Bool {
    byte >= 0x20 ? byte != 0x7F : byte == 0x09
  }

  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x41...0x46: byte &- 0x37
    case 0x61...0x66: byte &- 0x57
    default: nil
    }
  }

  static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }

  static func equalsIgnoringCase(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
    guard bytes.count == text.utf8.count else { return false }
    var index = bytes.startIndex
    for byte in text.utf8 {
      guard lowercased(bytes[index]) == lowercased(byte) else { return false }
      index &+= 1
    }
    return true
  }

  /// Compares with a lower-case ASCII literal, without case.
  static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, lowercase text: StaticString)
    -> Bool
  {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { expected in
      for offset in 0..<range.count
      where lowercased(bytes[range.lowerBound + offset]) != expected[offset] { return false }
      return true
    }
  }

  /// Without spaces and tabs at both ends.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var slice = bytes
    while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
    while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
    return slice
  }

  static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    bytes.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  /// Decodes `%XX`, and `+` as a space when `plusIsSpace`. Nil: a broken escape, a NUL, or (when
  /// `strict`) bytes that are not UTF-8.
  static func percentDecoded(
    _ text: Substring.UTF8View, plusIsSpace: Bool = false, strict: Bool = true
  ) -> String? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = iterator.next().flatMap(hexValue),
          let low = iterator.next().flatMap(hexValue)
        else { return nil }
        result.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: result.append(0x20)
      default: result.append(byte)
      }
    }
    guard !result.contains(0) else { return nil }
    return strict
      ? String(validating: result, as: UTF8.self) : String(decoding: result, as: UTF8.self)
  }
}
