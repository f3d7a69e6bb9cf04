import AspenModel
import AspenTestSupport
import Glibc
import Testing

@testable import AspenWorker

@Suite("WorkerCredential")
struct WorkerCredentialTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func configuration(
    controller: String = "http://127.0.0.1:8480/", name: String = "w1"
  ) throws -> WorkerConfiguration {
    try WorkerConfiguration(
      controllers: try ControllerAddress.list(controller), name: try ObjectName(name),
      labels: Labels(), capacityStreams: 4,
      stateDirectory: directory.file("state"), mediaDirectory: "", joinToken: nil,
      certificateAuthorityFile: nil)
  }

  private func store() throws -> WorkerCredential {
    let configuration = try configuration()
    let credential = WorkerCredential(
      controllers: configuration.controllers, worker: "w1", secret: Secret("aspen_worker_x"))
    try WorkerCredential.prepareDirectory(configuration)
    try credential.store(configuration)
    return credential
  }

  @Test("a stored credential is found again, and only its owner may read it")
  func roundTrip() throws {
    #expect(try WorkerCredential.load(configuration()) == nil)
    let credential = try store()
    #expect(try WorkerCredential.load(configuration()) == credential)
    var status = stat()
    #expect(stat(directory.file("state/worker.json"), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("a made credential is stored before it is known, and joined once it is")
  func made() throws {
    let configuration = try configuration()
    try WorkerCredential.prepareDirectory(configuration)
    var credential = WorkerCredential.make(configuration)
    #expect(!credential.isJoined)
    #expect(credential.secret.revealed.hasPrefix("aspen_worker_"))
    #expect(credential.secret.revealed.utf8.count == 56)
    #expect(credential.secret != WorkerCredential.make(configuration).secret)
    try credential.store(configuration)
    #expect(try WorkerCredential.load(configuration) == credential)
    credential.isJoined = true
    try credential.store(configuration)
    #expect(try WorkerCredential.load(configuration)?.isJoined == true)
  }

  @Test("a credential that an earlier version stored is one that a controller has accepted")
  func earlier() throws {
    let configuration = try configuration()
    try WorkerCredential.prepareDirectory(configuration)
    _ = try directory.write(
      #"{"controller":"\#(configuration.controllers[0])","worker":"w1","credential":"aspen_worker_x"}"#,
      to: "state/worker.json")
    #expect(try WorkerCredential.load(configuration)?.isJoined == true)
  }

  @Test("a credential is not used for another controller or another name")
  func otherController() throws {
    _ = try store()
    #expect(try WorkerCredential.load(configuration(controller: "http://127.0.0.2:8480")) == nil)
    #expect(try WorkerCredential.load(configuration(name: "w2")) == nil)
  }

  @Test("a credential stays good while one of its controllers is configured")
  func someController() throws {
    let credential = try store()
    let more = try configuration(controller: "https://other, http://127.0.0.1:8480")
    let found = try WorkerCredential.load(more)
    let loaded = try #require(found)
    #expect(loaded.secret == credential.secret)
    #expect(loaded.controllers.map(\.text) == ["https://other", "http://127.0.0.1:8480"])
    try loaded.store(more)
    #expect(try WorkerCredential.load(configuration(controller: "https://other/")) != nil)
    #expect(try WorkerCredential.load(configuration(controller: "https://another")) == nil)
  }

  @Test("one to sixteen controllers can be configured")
  func countsControllers() throws {
    let many = (1...17).map { "http://10.0.0.\($0)" }
    #expect(throws: WorkerError.self) {
      try configuration(controller: many.joined(separator: ","))
    }
    #expect(
      try configuration(controller: many.prefix(16).joined(separator: ",")).controllers.count == 16)
    #expect(throws: WorkerError.self) { try configuration(controller: ",") }
  }

  @Test("a damaged file is an error that names it", arguments: ["", "{}", "{\"controller\":1}"])
  func damaged(text: String) throws {
    _ = try store()
    let path = try directory.write(text, to: "state/worker.json")
    let error = #expect(throws: WorkerError.self) {
      try WorkerCredential.load(configuration())
    }
    #expect(error?.description.contains(path) == true)
  }

  @Test("a controller's address must be http or https")
  func checksAddress() throws {
    #expect(throws: WorkerError.self) { try configuration(controller: "127.0.0.1:8480") }
    #expect(throws: WorkerError.self) { try configuration(controller: "ftp://127.0.0.1") }
  }
}
