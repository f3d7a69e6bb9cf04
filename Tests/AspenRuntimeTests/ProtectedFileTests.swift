import FoundationEssentials
import Testing

@testable import AspenRuntime

@Suite("Protected files")
struct ProtectedFileTests {
  @Test("a written file is readable by its owner only and reads back")
  func roundTrip() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/token"
      try ProtectedFile.write(Array("first\n".utf8), to: path)
      try ProtectedFile.write(Array("second \n".utf8), to: path)
      #expect(try ProtectedFile.read(path) == Array("second \n".utf8))
      #expect(try ProtectedFile.readText(path) == "second")
      #expect(!ProtectedFile.isReadableByOthers(path))
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test("a write leaves no other file behind, also when it fails")
  func leftovers() throws {
    try withTemporaryDirectory { directory in
      try ProtectedFile.write([1], to: directory + "/state")
      let occupied = directory + "/occupied"
      try ProtectedFile.makeDirectory(occupied)
      #expect(throws: RuntimeError.self) { try ProtectedFile.write([1], to: occupied) }
      let names = try FileManager.default.contentsOfDirectory(atPath: directory)
      #expect(names.sorted() == ["occupied", "state"])
    }
  }

  @Test("what is created is readable by its owner only, and never replaces what is there")
  func create() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/key"
      try ProtectedFile.create([1], at: path)
      let error = #expect(throws: RuntimeError.self) { try ProtectedFile.create([2], at: path) }
      #expect(error?.description == "cannot create \(path): File exists")
      #expect(try ProtectedFile.read(path) == [1])
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key"])
    }
  }

  @Test("a file that others may read is told apart")
  func exposure() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/open"
      try ProtectedFile.write([1], to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      #expect(ProtectedFile.isReadableByOthers(path))
    }
  }

  @Test("a file above the limit is refused")
  func limit() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/large"
      try ProtectedFile.write([UInt8](repeating: 0x61, count: 100), to: path)
      #expect(try ProtectedFile.read(path, maxBytes: 100).count == 100)
      let error = #expect(throws: RuntimeError.self) { try ProtectedFile.read(path, maxBytes: 99) }
      #expect(error?.description == "cannot read \(path): it is larger than 99 bytes")
    }
  }

  @Test("directories are made with those above them, and a file in the way is an error")
  func directories() throws {
    try withTemporaryDirectory { directory in
      try ProtectedFile.makeDirectory(directory + "/a/b/c")
      try ProtectedFile.makeDirectory(directory + "/a/b/c")
      #expect(ProtectedFile.exists(directory + "/a/b/c"))
      try ProtectedFile.write([1], to: directory + "/file")
      #expect(throws: RuntimeError.self) { try ProtectedFile.makeDirectory(directory + "/file") }
    }
  }
}
