import AspenHTTP
import AspenModel
import AspenTestSupport
import Foundation
import Testing

@testable import AspenCommands

@Suite("Debug bundle", .serialized)
struct DebugBundleTests {
  @Test("secrets are taken out by the names of fields, out of addresses and texts")
  func redaction() {
    let redacted = Redaction.redacted([
      "spec": [
        "username": "admin", "password": "p", "address": "rtsp://u:p%40@10.0.0.7/a@b", "fps": 5,
        "client_secret": ["a": "b"], "token_count": 3, "has_password": true,
      ],
      "items": [["api-key": "k"], "see http://x@h/ and https://h/u@v"],
      "message": "got aspen_join_1_abcdefghijklmnopqrstuvwxyz and Bearer abc.def, aspen_session",
    ])
    #expect(
      redacted == [
        "spec": [
          "username": "admin", "password": "***", "address": "rtsp://***@10.0.0.7/a@b", "fps": 5,
          "client_secret": "***", "token_count": 3, "has_password": true,
        ],
        "items": [["api-key": "***"], "see http://***@h/ and https://h/u@v"],
        "message": "got aspen_*** and Bearer ***, aspen_session",
      ])
  }

  @Test("the archive is one that tar reads")
  func tar() async throws {
    var archive = TarArchive(seconds: 1_790_000_000)
    archive.add("a.txt", Array("hello".utf8))
    archive.add("b.bin", [UInt8](repeating: 7, count: 1024))
    archive.add("empty", [])
    let directory = try TemporaryDirectory()
    let path = directory.file("x.tar")
    try Data(archive.finished).write(to: URL(filePath: path))
    let listing = try await AspenTestSupport.Command.run("tar", ["--numeric-owner", "-tvf", path])
    let lines = listing.split(separator: "\n").map {
      $0.split(separator: " ").enumerated().filter { [0, 2, 5].contains($0.offset) }
        .map { String($0.element) }
    }
    #expect(
      lines == [
        ["-rw-------", "5", "a.txt"], ["-rw-------", "1024", "b.bin"],
        ["-rw-------", "0", "empty"],
      ])
  }

  @Test("the bundle has what the controller says, says what is missing, and is its owner's alone")
  func bundle() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("d.tar")
    let answer: TestController.Answer = { request in
      switch request.pathSegments.last {
      case "version": .json(#"{"version":"1.2","api":"v1","oldest_client":"1.0"}"#)
      case "streams":
        .json(
          #"{"items":[{"name":"yard","status":{"phase":"failing"}},{"name":"gate","status":{"phase":"streaming"}}]}"#
        )
      case "explain": .json(#"{"stream":"yard","reason":"no worker","password":"p4ssw0rd"}"#)
      case "users": .problem(status: 403, detail: "this needs an admin")
      default: .json(#"{"items":[]}"#)
      }
    }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("debug", "bundle", "-f", path)
      #expect(outcome.status == .success)
      #expect(outcome.output.hasPrefix("\(path): "))
      #expect(outcome.output.contains("streams.json: all streams (2)"))
      #expect(outcome.output.contains("users.json: this needs an admin"))
      #expect(outcome.output.contains("explanations.json: why streams do not stream (1 of 1)"))
      #expect(outcome.output.contains("It does not contain: passwords"))
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(bytes.range(of: Data("no worker".utf8)) != nil)
    #expect(bytes.range(of: Data("p4ssw0rd".utf8)) == nil)
    #expect(bytes.count % 512 == 0)
  }
}
