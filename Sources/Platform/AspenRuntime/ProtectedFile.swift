import Glibc

/// Small files that hold secrets or state: only their owner may read them, and a reader sees the
/// old content or the new, never half of it. The calls block.
package enum ProtectedFile {
  /// Replaces the file at `path`, mode 0600: a new file beside it is synced, then renamed over it.
  package static func write(_ bytes: [UInt8], to path: String) throws(RuntimeError) {
    try place(bytes, at: path, action: "write") { temporary in rename(temporary, path) == 0 }
  }

  /// Makes the file at `path`, mode 0600, or throws if something is there already. Of several who
  /// create it at once one succeeds.
  package static func create(_ bytes: [UInt8], at path: String) throws(RuntimeError) {
    try place(bytes, at: path, action: "create") { temporary in
      // Unlike a rename, a link never replaces.
      guard link(temporary, path) == 0 else { return false }
      unlink(temporary)
      return true
    }
  }

  private static func place(
    _ bytes: [UInt8], at path: String, action: String, _ put: (_ temporary: String) -> Bool
  ) throws(RuntimeError) {
    let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path, action) }
    let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
    let writeError = errno
    close(descriptor)
    guard isWritten, put(temporary) else {
      let code = isWritten ? errno : writeError
      unlink(temporary)
      throw failure(path, action, code)
    }
    syncDirectory(of: path)
  }

  /// The file's content; more than `maxBytes` is an error.
  package static func read(
    _ path: String, maxBytes: Int = 1024 * 1024
  ) throws(RuntimeError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, "read") }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while content.count <= maxBytes {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path, "read") }
      if count == 0 { return content }
      content += chunk[..<count]
    }
    throw .file(path: path, action: "read", reason: "it is larger than \(maxBytes) bytes")
  }

  /// The file's text without white space at its end, as a token file is written by hand.
  package static func readText(_ path: String) throws(RuntimeError) -> String {
    var bytes = try read(path)
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .file(path: path, action: "read", reason: "it is not UTF-8 text")
    }
    return text
  }

  /// Whether something is at `path`.
  package static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Whether others than the owner may read the file.
  package static func isReadableByOthers(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
  }

  /// Makes the directory `path`, mode 0700, and those above it where they are missing.
  package static func makeDirectory(_ path: String) throws(RuntimeError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part + "/"
      if mkdir(made, 0o700) != 0, errno != EEXIST { throw failure(made, "create") }
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(path, "create") }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw failure(path, "create", ENOTDIR) }
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        offset += count
      }
      return true
    }
  }

  /// Makes the rename durable. Some file systems cannot sync a directory; the rename stands there.
  private static func syncDirectory(of path: String) {
    let end = path.lastIndex(of: "/")
    let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func failure(
    _ path: String, _ action: String, _ code: Int32 = errno
  ) -> RuntimeError {
    .file(path: path, action: action, reason: String(cString: strerror(code)))
  }
}
