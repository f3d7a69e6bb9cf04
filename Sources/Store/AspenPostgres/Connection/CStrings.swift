/// Texts as C wants them.
enum CStrings {
  /// Calls `body` with a null-terminated array of C strings that end with the call.
  static func withPointers<R>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R
  ) -> R {
    var buffer: [CChar] = []
    var offsets: [Int] = []
    for text in texts {
      offsets.append(buffer.count)
      buffer += text.utf8CString
    }
    return buffer.withUnsafeBufferPointer { bytes in
      let pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } } + [nil]
      return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }
}
