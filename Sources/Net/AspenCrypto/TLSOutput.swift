/// Where sessions put ciphertext: one fixed buffer that the sessions of a loop share. Whoever calls a
/// session empties it before calling another.
package final class TLSOutput {
  /// 128 KiB of records that are sent together, and room for the record and alerts on top.
  package static let capacity = 160 << 10

  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: TLSOutput.capacity, alignment: 64)

  /// Bytes that wait in the buffer.
  package private(set) var count = 0

  /// An empty buffer.
  package init() {}

  deinit { buffer.deallocate() }

  /// The ciphertext; valid until the next call into a session or this buffer.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

  /// Empties the buffer.
  package func removeAll() { count = 0 }

  /// Takes all of `more`, or nothing if there is no room.
  func append(_ more: UnsafeRawBufferPointer) -> Bool {
    guard more.count <= buffer.count - count else { return false }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: more)
    count += more.count
    return true
  }
}
