/// The parameters of one statement, laid out for libpq: all values in one buffer, each followed by a
/// zero byte, and where each begins.
struct PostgresParameters {
  private var buffer: [UInt8] = []
  /// The offset of each value; -1 is null.
  private var offsets: [Int] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []

  /// The most parameters that the protocol can count (PostgreSQL 55.7, Bind: Int16).
  static let maxCount = 65_535

  /// Lays out `values`. Throws `.encode` for a text with a zero byte, which PostgreSQL cannot hold and
  /// C would cut.
  init(_ values: [PostgresValue]) throws(PostgresError) {
    guard values.count <= Self.maxCount else {
      throw .encode(parameter: values.count, message: "are more parameters than the protocol has")
    }
    for (index, value) in values.enumerated() {
      let start = buffer.count
      let isPresent = value.encode(into: &buffer)
      if isPresent, !value.isBinary, buffer[start...].contains(0) {
        throw .encode(parameter: index + 1, message: "contains a zero byte")
      }
      offsets.append(isPresent ? start : -1)
      lengths.append(Int32(buffer.count - start))
      formats.append(value.isBinary ? 1 : 0)
      buffer.append(0)
    }
  }

  /// Calls `body` with count, values, lengths and formats as libpq wants them. The pointers end with
  /// the call.
  func withPointers<R>(
    _ body: (
      Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> R
  ) -> R {
    buffer.withUnsafeBytes { bytes in
      let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      let pointers = offsets.map { offset in offset < 0 ? nil : base.map { $0 + offset } }
      return pointers.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { formats in
            body(
              Int32(offsets.count), values.baseAddress, lengths.baseAddress, formats.baseAddress)
          }
        }
      }
    }
  }
}
