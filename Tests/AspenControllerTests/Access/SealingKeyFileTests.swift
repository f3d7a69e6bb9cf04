import AspenCrypto
import AspenRuntime
import AspenTestSupport
import Foundation
import Testing

@testable import AspenController

@Suite("The file of sealing keys")
struct SealingKeyFileTests {
  private static let zeros = Base64.encode([UInt8](repeating: 0, count: 32))
  private static let ones = Base64.encode([UInt8](repeating: 1, count: 32))

  @Test("keys are read in order, between comments and empty lines")
  func parse() throws {
    let file = try SealingKeyFile(
      parsing: "# current\nb.2:\(Self.ones)\n\na_1-x:\(Self.zeros)", path: "keys")
    #expect(file.keys.map(\.id) == ["b.2", "a_1-x"])
    #expect(
      file.keys.map(\.bytes) == [Array(repeating: 1, count: 32), Array(repeating: 0, count: 32)])
  }

  @Test(
    "an error names the line and the reason, and shows nothing of a key",
    arguments: [
      ("", "it holds no key; a line of it is ID:KEY"),
      ("# only this\n", "it holds no key; a line of it is ID:KEY"),
      ("# x\n\(zeros)", "line 2: it has no ':' between an id and a key"),
      (
        ":\(zeros)", "line 1: the id before the ':' must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'"
      ),
      (
        "\(zeros):a",
        "line 1: the id before the ':' must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'"
      ),
      (
        " a:\(zeros)",
        "line 1: the id before the ':' must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'"
      ),
      ("a:", "line 1: what follows the ':' must be 32 bytes in base64 and nothing else"),
      ("a:AAAA", "line 1: what follows the ':' must be 32 bytes in base64 and nothing else"),
      ("a:\(zeros) ", "line 1: what follows the ':' must be 32 bytes in base64 and nothing else"),
      (
        "a:\(zeros)\r\n", "line 1: what follows the ':' must be 32 bytes in base64 and nothing else"
      ),
      ("a:\(zeros)\na:\(ones)", "line 2: the id 'a' is that of line 1 too"),
      ("a:\(zeros)\n\nb:\(zeros)", "line 3: the key 'b' is the same as 'a' of line 1"),
    ])
  func malformed(text: String, reason: String) {
    let error = #expect(throws: RuntimeError.self) {
      try SealingKeyFile(parsing: text, path: "keys")
    }
    #expect(error?.description == "keys: \(reason)")
  }

  @Test("more keys than the limit are refused")
  func many() {
    let text = (0...SealingKeyFile.maxKeys).map { _ in
      let key = SealingKey.make()
      return "\(key.id):\(Base64.encode(key.bytes))\n"
    }.joined()
    let error = #expect(throws: RuntimeError.self) {
      try SealingKeyFile(parsing: text, path: "keys")
    }
    #expect(error?.description == "keys: line 65: there are more than 64 keys")
  }

  @Test("a new file holds one key, is its owner's alone, and is never made twice")
  func create() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("keys")
    let made = try SealingKeyFile.create(at: path)
    #expect(made.keys.count == 1)
    #expect(try SealingKeyFile.load(path).keys == made.keys)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(throws: RuntimeError.self) { try SealingKeyFile.create(at: path) }
    #expect(try SealingKeyFile.load(path).keys == made.keys)
  }

  @Test("an added key is the current one, and all that was there stays")
  func add() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("keys")
    let first = try SealingKeyFile.create(at: path).keys[0]
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let second = try SealingKeyFile.addKey(at: path)
    let keys = try SealingKeyFile.load(path).keys
    #expect(keys.map(\.id) == [second, first.id])
    #expect(keys[1] == first)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("\n" + text))
    #expect(!ProtectedFile.isReadableByOthers(path))
  }

  @Test("a file that others may read is neither used nor changed")
  func exposed() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("keys")
    try SealingKeyFile.create(at: path)
    let before = try ProtectedFile.read(path)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let expected =
      "cannot use \(path): others than its owner may read it: its mode must be 0600"
    let loading = #expect(throws: RuntimeError.self) { try SealingKeyFile.load(path) }
    #expect(loading?.description == expected)
    let adding = #expect(throws: RuntimeError.self) { try SealingKeyFile.addKey(at: path) }
    #expect(adding?.description == expected)
    #expect(try ProtectedFile.read(path) == before)
  }

  @Test("a key prints as its id only")
  func printing() {
    let key = SealingKey.make()
    var text = "\(key) \(String(reflecting: key))"
    dump(key, to: &text)
    #expect(text.contains(key.id))
    #expect(!text.contains(Base64.encode(key.bytes)))
    #expect(!text.contains("\(key.bytes[0]), \(key.bytes[1])"))
  }
}
