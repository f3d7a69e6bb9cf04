import CLinux
import Glibc

/// Bytes that wait to be sent, as the chunks they came in. Chunks are shared, not copied, except that
/// small ones are joined, so that a flood of them costs memory in proportion to its bytes. The stream
/// bounds it.
struct WriteQueue {
  private enum Limits {
    /// A write up to this size is copied behind its predecessor …
    static let smallBytes = 512
    /// … as long as the joined chunk stays within this size.
    static let joinedBytes = 4_096
    /// Chunks of one gathering send.
    static let vectors = 64
  }

  private var chunks: [ArraySlice<UInt8>] = []
  private var head = 0
  private(set) var byteCount = 0

  var isEmpty: Bool { byteCount == 0 }

  mutating func append(_ chunk: ArraySlice<UInt8>) {
    guard !chunk.isEmpty else { return }
    byteCount += chunk.count
    let last = chunks.count - 1
    if chunk.count <= Limits.smallBytes, last >= head,
      chunks[last].count + chunk.count <= Limits.joinedBytes
    {
      chunks[last].append(contentsOf: chunk)
    } else {
      chunks.append(chunk)
    }
  }

  /// Drops the first `count` bytes.
  mutating func consume(_ count: Int) {
    precondition(count <= byteCount, "more bytes were sent than queued")
    byteCount -= count
    var left = count
    while left > 0 {
      let size = chunks[head].count
      guard left >= size else {
        chunks[head].removeFirst(left)
        break
      }
      left -= size
      chunks[head] = []
      head += 1
    }
    if head == chunks.count {
      chunks.removeAll(keepingCapacity: chunks.capacity <= Limits.vectors)
      head = 0
    } else if head >= Limits.vectors {
      chunks.removeFirst(head)
      head = 0
    }
  }

  mutating func removeAll() {
    chunks = []
    head = 0
    byteCount = 0
  }

  /// Sends the first chunks in one call; returns the bytes the kernel took, or -1 with errno set.
  func send(to fd: Int32) -> Int {
    let count = min(chunks.count - head, Limits.vectors)
    if count == 1 {
      return chunks[head].withUnsafeBytes { aspen_send(fd, $0.baseAddress, $0.count) }
    }
    return withUnsafeTemporaryAllocation(of: iovec.self, capacity: count) { vectors in
      fill(vectors, from: 0) { aspen_send_gather(fd, vectors.baseAddress, vectors.count) }
    }
  }

  /// Nests one `withUnsafeBytes` for each chunk, which is the only way to hold all their pointers.
  private func fill(
    _ vectors: UnsafeMutableBufferPointer<iovec>, from index: Int, _ send: () -> Int
  ) -> Int {
    guard index < vectors.count else { return send() }
    return chunks[head + index].withUnsafeBytes { bytes in
      vectors.initializeElement(
        at: index,
        to: iovec(
          iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count))
      return fill(vectors, from: index + 1, send)
    }
  }

  /// Calls `body` with the next bytes to encrypt: the first chunk itself if it is big or alone, else the
  /// first chunks joined in `scratch`, so that a frame header shares a record with its payload.
  func withNext<R, E: Error>(
    joiningIn scratch: UnsafeMutableRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let first = chunks[head]
    if first.count >= scratch.count || head == chunks.count - 1 {
      return try first.withUnsafeBytesTyped(body)
    }
    var filled = 0
    for chunk in chunks[head...] where filled < scratch.count {
      let part = chunk.prefix(scratch.count - filled)
      UnsafeMutableRawBufferPointer(rebasing: scratch[filled...]).copyBytes(from: part)
      filled += part.count
    }
    return try body(UnsafeRawBufferPointer(rebasing: scratch[..<filled]))
  }
}

extension ArraySlice<UInt8> {
  /// `withUnsafeBytes` with the error type kept.
  fileprivate func withUnsafeBytesTyped<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBytes { bytes -> Result<R, E> in
      do throws(E) {
        return .success(try body(bytes))
      } catch {
        return .failure(error)
      }
    }.get()
  }
}
