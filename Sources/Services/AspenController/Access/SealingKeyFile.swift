import AspenCrypto
package import AspenRuntime

/// One key that seals secrets. Only its id is ever printed.
struct SealingKey: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// Stored beside what was sealed: 1 to 64 of `A-Z a-z 0-9 . _ -`.
  let id: String
  /// 32 random bytes.
  let bytes: [UInt8]

  /// A new key; 40 random bits are enough to tell a file's keys apart.
  static func make() -> SealingKey {
    let id = RandomBytes.generate(5).map { byte in
      String(UInt16(byte) + 0x100, radix: 16).dropFirst()
    }
    return SealingKey(id: "key-" + id.joined(), bytes: RandomBytes.generate(AESGCM.keyBytes))
  }

  var description: String { id }
  var customMirror: Mirror { Mirror(self, children: ["id": id]) }

  /// The key as a line of its file.
  fileprivate var line: String { "\(id):\(Base64.encode(bytes))" }
}

/// The keys that seal secrets at rest, in a file that only its owner may read.
///
/// | line | meaning |
/// |---|---|
/// | `ID:KEY` | a key: its id and 32 bytes in base64 |
/// | `# …` or nothing | for people |
///
/// The first key is the current one: it seals. The others open what was sealed before a rotation. The
/// calls block; they belong to a program's start and to commands.
package struct SealingKeyFile: Sendable {
  /// At least one; the current first.
  let keys: [SealingKey]

  /// The most keys: far more than rotations that have not been followed by a re-seal.
  package static let maxKeys = 64
  /// The most bytes of a file: all keys, and a kilobyte of comments for each.
  static let maxBytes = 64 * 1024

  /// Reads the text of the file at `path`. No message repeats what a line holds: it may be a key.
  init(parsing text: String, path: String) throws(RuntimeError) {
    var keys: [(line: Int, key: SealingKey)] = []
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let number = index + 1
      func malformed(_ reason: String) -> RuntimeError {
        .malformedFile(path: path, reason: "line \(number): \(reason)")
      }
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      let key: SealingKey
      do throws(LineError) { key = try Self.key(line) } catch { throw malformed(error.reason) }
      if let known = keys.first(where: { $0.key.id == key.id }) {
        throw malformed("the id '\(key.id)' is that of line \(known.line) too")
      }
      if let known = keys.first(where: { $0.key.bytes == key.bytes }) {
        throw malformed(
          "the key '\(key.id)' is the same as '\(known.key.id)' of line \(known.line)")
      }
      if keys.count == Self.maxKeys { throw malformed("there are more than \(Self.maxKeys) keys") }
      keys.append((number, key))
    }
    guard !keys.isEmpty else {
      throw .malformedFile(path: path, reason: "it holds no key; a line of it is ID:KEY")
    }
    self.keys = keys.map(\.key)
  }

  /// Reads a file. Throws if it is missing, malformed, or readable by others than its owner.
  package static func load(_ path: String) throws(RuntimeError) -> SealingKeyFile {
    try SealingKeyFile(parsing: readProtected(path), path: path)
  }

  /// Makes a file with one new key. Throws if something is at `path` already.
  @discardableResult
  package static func create(at path: String) throws(RuntimeError) -> SealingKeyFile {
    let text = """
      # The keys that seal ASPEN's secrets, the current one first. Keep a copy elsewhere: without
      # them the passwords of cameras are lost. Do not remove a key before everything was re-sealed.
      \(SealingKey.make().line)

      """
    try ProtectedFile.create(Array(text.utf8), at: path)
    return try load(path)
  }

  /// Puts a new key on top, so that it is the current one from the next start on; returns its id. All
  /// else stays as it is. A reader sees the old file or the new; of two who add at once one is lost.
  package static func addKey(at path: String) throws(RuntimeError) -> String {
    let text = try readProtected(path)
    let known = try SealingKeyFile(parsing: text, path: path).keys
    guard known.count < maxKeys else {
      throw .file(
        path: path, action: "add a key to",
        reason: "it has \(maxKeys) keys: remove those that seal nothing any more")
    }
    var key = SealingKey.make()
    while known.contains(where: { $0.id == key.id }) { key = SealingKey.make() }
    try ProtectedFile.write(Array((key.line + "\n" + text).utf8), to: path)
    return key.id
  }

  private static func readProtected(_ path: String) throws(RuntimeError) -> String {
    let bytes = try ProtectedFile.read(path, maxBytes: maxBytes)
    if ProtectedFile.isReadableByOthers(path) {
      throw .file(
        path: path, action: "use",
        reason: "others than its owner may read it: its mode must be 0600")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformedFile(path: path, reason: "it is not UTF-8 text")
    }
    return text
  }

  private struct LineError: Error {
    let reason: String
  }

  private static func key(_ line: Substring.UTF8View) throws(LineError) -> SealingKey {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      throw LineError(reason: "it has no ':' between an id and a key")
    }
    let id = line[..<colon]
    guard (1...64).contains(id.count), id.allSatisfy(isOfID) else {
      throw LineError(
        reason: "the id before the ':' must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'")
    }
    let text = String(Substring(line[line.index(after: colon)...]))
    guard let bytes = Base64.decode(text), bytes.count == AESGCM.keyBytes else {
      throw LineError(
        reason: "what follows the ':' must be \(AESGCM.keyBytes) bytes in base64 and nothing else")
    }
    return SealingKey(id: String(Substring(id)), bytes: bytes)
  }

  private static func isOfID(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
