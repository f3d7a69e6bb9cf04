import AspenImage

/// What the markers of a JPEG file say (ITU-T T.81 B.2).
///
/// SOI (FFD8), segments of marker (FFxx) and big-endian length, among them SOF (height and width
/// at 5 and 7 of the segment) and DHT (FFC4), then SOS (FFDA), entropy-coded data, EOI (FFD9).
struct JPEGHeader: Sendable, Hashable {
  let size: ImageSize
  /// Motion JPEG in AVI leaves the standard tables out; browsers do not add them.
  let hasHuffmanTables: Bool
  /// Whether the data end with EOI, apart from padding.
  let isComplete: Bool

  /// Whether browsers can show the file as it is.
  var isSelfContained: Bool { hasHuffmanTables && isComplete }

  /// Nil if the bytes are not a baseline or progressive 8-bit JPEG.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> JPEGHeader? {
    guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
    var size: ImageSize?
    var hasTables = false
    var index = 2
    while index + 4 <= bytes.count {
      guard bytes[index] == 0xFF else { return nil }
      let marker = bytes[index + 1]
      if marker == 0xFF {
        index += 1
        continue
      }
      let length = Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
      guard length >= 2, index + 2 + length <= bytes.count else { return nil }
      switch marker {
      case 0xC0, 0xC1, 0xC2:
        guard length >= 8, bytes[index + 4] == 8 else { return nil }
        let height = Int(bytes[index + 5]) << 8 | Int(bytes[index + 6])
        let width = Int(bytes[index + 7]) << 8 | Int(bytes[index + 8])
        guard width > 0, height > 0 else { return nil }
        size = ImageSize(width: width, height: height)
      case 0xC4:
        hasTables = true
      case 0xDA:
        return size.map {
          JPEGHeader(size: $0, hasHuffmanTables: hasTables, isComplete: endsWithMarker(bytes))
        }
      default: break
      }
      index += 2 + length
    }
    return nil
  }

  private static func endsWithMarker(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let last = bytes.lastIndex(where: { $0 != 0 }), last > 0 else { return false }
    return bytes[last] == 0xD9 && bytes[last - 1] == 0xFF
  }
}
