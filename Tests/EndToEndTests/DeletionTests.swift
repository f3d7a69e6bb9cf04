import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Foundation
import Testing

/// What is deleted goes when its camera's connection is closed, and goes in the end whatever is away.
@Suite("Deletion", .serialized)
struct DeletionTests {
  @Test("a camera is gone soon, and not before its connection is closed")
  func running() async throws {
    try await withSystem { system, camera in
      try await system.startWorker("w1")
      try await system.addYard(camera)
      try await waitUntil("a connection to the camera") {
        try await Connections.count(to: camera.port) > 0
      }
      let requestedAt = ContinuousClock.now
      try await delete("/v1/cameras/yard", system)
      try await waitUntilGone("/v1/cameras/yard", system)
      #expect(try await Connections.count(to: camera.port) == 0)
      // Generous for a loaded test machine; the figure is measured elsewhere.
      #expect(ContinuousClock.now - requestedAt < .seconds(5))
      #expect(try await system.get("/v1/streams/yard").status == 404)
      #expect(try await system.get("/v1/assignments/yard").status == 404)
      try await system.addYard(camera)
    }
  }

  @Test("a deleted stream leaves its camera and the camera's other streams alone")
  func oneStream() async throws {
    try await withSystem { system, camera in
      try await system.startWorker("w1")
      try await system.addYard(camera)
      let second = try await system.post(
        "/v1/streams", #"{"name": "second", "spec": {"camera": "yard"}}"#)
      #expect(second.status == 201)
      try await system.waitUntilStreaming("second")
      let before = try await system.get("/v1/assignments/yard").json
      try await delete("/v1/streams/second", system)
      try await waitUntilGone("/v1/streams/second", system)
      #expect(try await system.get("/v1/assignments/yard").json == before)
      #expect(
        try await system.get("/v1/streams/yard").json["status"]?["phase"]?.text == "streaming")
    }
  }

  @Test("a camera whose worker is killed is gone once the worker is lost")
  func workerKilled() async throws {
    try await withSystem { system, camera in
      try await system.startWorker("w1")
      try await system.addYard(camera)
      await (try system.worker("w1")).kill()
      try await delete("/v1/cameras/yard", system)
      try await waitUntilGone("/v1/cameras/yard", system)
    }
  }

  @Test("a deletion that a restart of the controller interrupts is finished afterwards")
  func controllerKilled() async throws {
    try await withSystem { system, camera in
      let worker = try await system.startWorker("w1")
      try await system.addYard(camera)
      worker.signal(SIGSTOP)
      try await delete("/v1/cameras/yard", system)
      try await waitUntil("the stream to be stopped by its deletion, and still there") {
        let waiting = try await system.get("/v1/streams/yard")
        return waiting.json["status"]?["phase"]?.text == "stopped"
      }
      try await system.killAndRestartController()
      worker.signal(SIGCONT)
      try await waitUntilGone("/v1/cameras/yard", system)
      try await waitUntil("the connection to be closed") {
        try await Connections.count(to: camera.port) == 0
      }
    }
  }

  @Test("a deletion during which PostgreSQL goes away is finished when it is back")
  func databaseAway() async throws {
    let cluster = try await PostgresCluster.start()
    let camera = try await TestCamera.start(user: Yard.user, password: Yard.password)
    let system = try await AspenSystem(databaseURL: cluster.url())
    let worker = try await system.startWorker("w1")
    try await system.addYard(camera)
    // The deletion waits for the worker, while the database goes.
    worker.signal(SIGSTOP)
    try await delete("/v1/cameras/yard", system)
    try await cluster.stop()
    worker.signal(SIGCONT)
    try await cluster.start()
    try await waitUntilGone("/v1/cameras/yard", system)
    try await waitUntil("the connection to be closed") {
      try await Connections.count(to: camera.port) == 0
    }
    await system.stop()
    await camera.stop()
  }

  @Test("a stream that is disabled stops and stays, and says by which spec it stands")
  func disabled() async throws {
    try await withSystem { system, camera in
      try await system.startWorker("w1")
      try await system.addYard(camera)
      let generation = try await system.get("/v1/streams/yard").json["generation"]?.wholeNumber
      #expect(
        try await system.aspen("stream", "update", "yard", "--disable").exitCode == 0)
      try await waitUntil("the camera to be closed") {
        try await Connections.count(to: camera.port) == 0
      }
      let stopped = try await system.get("/v1/streams/yard").json
      #expect(stopped["status"]?["phase"]?.text == "stopped")
      #expect(stopped["status"]?["conditions"]?.elements?.first?["reason"] == "Disabled")
      #expect(
        try await system.aspen("stream", "update", "yard", "--enable").exitCode == 0)
      try await waitUntil("the worker to run it by its newest spec") {
        let stream = try await system.get("/v1/streams/yard").json
        return stream["status"]?["observed_generation"]?.wholeNumber == (generation ?? 0) + 2
          && stream["status"]?["phase"]?.text == "streaming"
      }
    }
  }

  private func delete(_ path: String, _ system: AspenSystem) async throws {
    let answer = try await system.send("DELETE", path, ifMatch: "*")
    #expect([202, 204].contains(answer.status), "\(answer.json)")
  }

  private func waitUntilGone(_ path: String, _ system: AspenSystem) async throws {
    try await waitUntil("\(path) to be gone") { try await system.get(path).status == 404 }
  }
}

/// The machine's TCP connections, as the kernel lists them (proc(5), /proc/net/tcp).
private enum Connections {
  /// How many are established from here to a port of the loopback interface.
  static func count(to port: UInt16) async throws -> Int {
    // By a program: a file of /proc says that it is empty, and a read by its size ends early.
    let table = try await ProgramProcess.run("/bin/cat", ["/proc/net/tcp"]).output
    return table.split(separator: "\n").dropFirst().count { line in
      // sl local_address rem_address st …, in hexadecimal; state 01 is ESTABLISHED.
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[3] == "01" else { return false }
      let remotePort = fields[2].split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
      return remotePort == port
    }
  }
}
