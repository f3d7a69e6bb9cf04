/// Writes files as a POSIX archive (ustar, POSIX.1-1988): for each a header of 512 bytes and its
/// bytes, filled up to 512; two empty blocks end it.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 100 | name |
/// | 100, 108, 116 | 8 | mode, user, group, octal |
/// | 124, 136 | 12 | size, time, octal |
/// | 148 | 8 | sum of the header's bytes, this field as blanks |
/// | 156 | 1 | `0`: a file |
/// | 257 | 8 | `ustar`, 0, `00` |
struct TarArchive: Sendable {
  private static let blockBytes = 512
  /// Octal digits of a size: 8 GiB.
  private static let maxBytes = 1 << 33

  private(set) var bytes: [UInt8] = []
  private let seconds: Int64

  /// An archive of files of one time, seconds since 1970.
  init(seconds: Int64) {
    self.seconds = seconds
  }

  /// Adds a file that only its owner may read; `name` has at most 100 bytes.
  mutating func add(_ name: String, _ content: [UInt8]) {
    precondition(name.utf8.count <= 100, "a name of an archive has at most 100 bytes")
    precondition(content.count < Self.maxBytes, "a file of an archive has less than 8 GiB")
    var header = [UInt8](repeating: 0, count: Self.blockBytes)
    Self.put(Array(name.utf8), at: 0, in: &header)
    Self.put(Self.octal(0o600, digits: 7), at: 100, in: &header)
    Self.put(Self.octal(0, digits: 7), at: 108, in: &header)
    Self.put(Self.octal(0, digits: 7), at: 116, in: &header)
    Self.put(Self.octal(Int64(content.count), digits: 11), at: 124, in: &header)
    Self.put(Self.octal(max(seconds, 0), digits: 11), at: 136, in: &header)
    Self.put(Array("        0".utf8), at: 148, in: &header)
    Self.put(Array("ustar\u{0}00".utf8), at: 257, in: &header)
    let sum = header.reduce(Int64(0)) { $0 + Int64($1) }
    Self.put(Self.octal(sum, digits: 6) + [0], at: 148, in: &header)
    bytes += header + content
    let rest = content.count % Self.blockBytes
    if rest > 0 { bytes += [UInt8](repeating: 0, count: Self.blockBytes - rest) }
  }

  /// The whole archive with its end.
  var finished: [UInt8] {
    bytes + [UInt8](repeating: 0, count: 2 * Self.blockBytes)
  }

  private static func octal(_ value: Int64, digits: Int) -> [UInt8] {
    let text = String(value, radix: 8)
    return Array((String(repeating: "0", count: max(digits - text.count, 0)) + text).utf8)
  }

  private static func put(_ part: [UInt8], at offset: Int, in header: inout [UInt8]) {
    header.replaceSubrange(offset..<offset + part.count, with: part)
  }
}
