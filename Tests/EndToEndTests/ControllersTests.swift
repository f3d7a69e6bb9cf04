import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Glibc
import Testing

/// Several controllers with one database: one decides, all serve.
@Suite("Several controllers", .serialized)
struct ControllersTests {
  private typealias Controller = AspenSystem.Controller

  /// Runs `body` with two controllers, of which the first leads.
  private func withTwo(
    leaseMilliseconds: Int = 800,
    _ body: (AspenSystem, _ leader: Controller, _ follower: Controller) async throws -> Void
  ) async throws {
    try await withTestDatabase { database in
      let flags = ["--leader-lease-ms", String(leaseMilliseconds)]
      let system = try await AspenSystem(
        databaseURL: database.url, flags: flags + ["--name", "one"])
      try await waitUntil("the first to lead") {
        try await system.epoch(of: system.first) != nil
      }
      let follower = try await system.startController(flags + ["--name", "two"])
      do {
        try await body(system, system.first, follower)
      } catch {
        let outputs = [system.first, follower].map { $0.process.output.suffix(3000) }
        await system.stop()
        throw ProgramError(description: "\(error)\none:\n\(outputs[0])\ntwo:\n\(outputs[1])")
      }
      await system.stop()
    }
  }

  private func waitUntilLeads(
    _ system: AspenSystem, _ controller: Controller, after epoch: Int64
  ) async throws {
    try await waitUntil("another to lead") {
      try await system.epoch(of: controller) ?? 0 > epoch
    }
  }

  private func sql(_ system: AspenSystem, _ text: String) async throws {
    try await TestDatabase.run(text, at: system.databaseURL)
  }

  /// Adds a camera that plays a file, and so a stream.
  private func addCamera(
    _ name: String, _ system: AspenSystem, at controller: Controller
  ) async throws {
    let answer = try await system.post(
      "/v1/cameras",
      #"{"name": "\#(name)", "spec": {"type": "rtsp", "address": "rtsp://127.0.0.1:9/x"}}"#,
      at: controller.address)
    #expect(answer.status == 201)
  }

  private func worker(
    of stream: String, _ system: AspenSystem, at controller: Controller
  ) async throws -> String? {
    try await system.get("/v1/assignments/\(stream)", at: controller.address).json["worker"]?.text
  }

  @Test("one of two leads, and everybody sees which")
  func twoControllers() async throws {
    try await withTwo { system, leader, follower in
      #expect(try await system.epoch(of: follower) == nil)
      for controller in [leader, follower] {
        try await waitUntil("both to be listed") {
          let items =
            try await system.get("/v1/controllers", at: controller.address)
            .json["items"]?.elements ?? []
          return items.compactMap { $0["status"]?["phase"]?.text } == ["leader", "follower"]
        }
      }
      let shown = try await system.get("/v1/controllers/two").json
      #expect(shown["status"]?["address"]?.text == follower.address)
      #expect(shown["status"]?["epoch"] == nil)
      let listed = try await system.aspen("controller", "list")
      #expect(listed.exitCode == 0)
      #expect(listed.output.contains("leader"))
      #expect(listed.output.contains(follower.address))
      #expect(try await system.aspen("controller", "get", "one").output.contains("Epoch"))
    }
  }

  @Test(
    "what is changed at a follower is acted upon by the leader, also on a worker of the follower")
  func followerServes() async throws {
    try await withTwo { system, leader, follower in
      try await system.startWorker("w1", at: follower)
      try await addCamera("yard", system, at: follower)
      try await waitUntil("the stream to be placed") {
        try await worker(of: "yard", system, at: leader) == "w1"
      }
      try await waitUntil("the worker to try the camera") {
        let status = try await system.get("/v1/streams/yard", at: follower.address).json["status"]
        return status?["fault"]?.text == "refused"
      }
      try await waitUntil("the worker to find the leader, of which it was told") {
        let status = try await system.get("/v1/workers/w1", at: leader.address).json["status"]
        return status?["phase"]?.text == "ready" && status?["message"]?.text == "connected"
      }
    }
  }

  @Test("when the leader is killed another leads, decides, and the streams go on")
  func killed() async throws {
    let camera = try await TestCamera.start(user: Yard.user, password: Yard.password)
    try await withTwo { system, leader, follower in
      try await system.startWorker("w1", at: follower)
      let added = try await system.aspen("camera", "add", "yard", Yard.address(of: camera))
      #expect(added.exitCode == 0)
      try await system.waitUntilStreaming("yard", at: follower.address)
      let epoch = try #require(try await system.epoch(of: leader))
      let before = try await system.get("/v1/streams/yard", at: follower.address).json["status"]
      await leader.process.kill()
      let received = try await system.receive(
        "/v1/streams/yard/frames", seconds: 3, mode: "plain", at: follower.address)
      #expect((received["frames"]?.wholeNumber ?? 0) > 0)
      try await waitUntilLeads(system, follower, after: epoch)
      try await addCamera("gate", system, at: follower)
      try await waitUntil("the new leader to decide") {
        try await worker(of: "gate", system, at: follower) == "w1"
      }
      let status = try await system.get("/v1/streams/yard", at: follower.address).json["status"]
      #expect(status?["reconnects"]?.wholeNumber == 0)
      #expect(status?["assignment_generation"] == before?["assignment_generation"])
    }
    await camera.stop()
  }

  @Test(
    "a viewer of one controller sees no gap when another controller dies or is stopped, and the camera nothing"
  )
  func viewersGoOn() async throws {
    let camera = try await TestCamera.start(user: Yard.user, password: Yard.password)
    for signal in [SIGKILL, SIGSTOP] {
      try await withTwo { system, leader, follower in
        // It learns of the follower from the leader.
        try await system.startWorker("w1", at: leader)
        try await system.addYard(camera)
        try await system.waitUntilStreaming("yard", at: follower.address)
        let path = "/v1/streams/yard/frames"
        for controller in [leader, follower] {
          let seen = try await system.receive(
            path, seconds: 0.5, mode: "plain", at: controller.address)
          #expect((seen["frames"]?.wholeNumber ?? 0) > 1)
        }
        let epoch = try #require(try await system.epoch(of: leader))
        let token = system.token
        async let other = try? Self.watch(leader.address + path, token)
        async let seen = Self.watch(follower.address + path, token)
        try await waitUntil("both to be watched") {
          let status = try await system.get("/v1/streams/yard", at: follower.address)
          return status.json["status"]?["viewers"]?.wholeNumber == 1
        }
        let before = try await system.get("/v1/streams/yard", at: follower.address).json["status"]
        leader.process.signal(signal)
        try await waitUntilLeads(system, follower, after: epoch)
        let gap = try #require(try await seen["gap"]?.decimal)
        #expect(gap < 1, "\(signal): \(gap) s")
        let status = try await system.get("/v1/streams/yard", at: follower.address).json["status"]
        #expect(status?["reconnects"]?.wholeNumber == 0)
        #expect(status?["assignment_generation"] == before?["assignment_generation"])
        if signal == SIGSTOP { leader.process.signal(SIGCONT) }
        _ = await other
      }
    }
    await camera.stop()
  }

  /// What a viewer of eight seconds sees. It is a process of its own, so that it runs beside the test.
  private static func watch(_ url: String, _ token: String) async throws -> JSONValue {
    let result = try await ProgramProcess.run(
      "/usr/bin/python3",
      [
        Checkout.root + "/Tests/EndToEndTests/frames_client.py",
        url.replacing("http://", with: "ws://"), token, "8", "plain",
      ])
    guard result.exitCode == 0 else { throw ProgramError(description: result.errors) }
    return try JSONValue(parsing: Array(result.output.utf8))
  }

  @Test("a leader that stops lets another lead at once, not when its lease ends")
  func stops() async throws {
    try await withTwo(leaseMilliseconds: 60_000) { system, leader, follower in
      let epoch = try #require(try await system.epoch(of: leader))
      #expect(await leader.process.stop() == 0)
      try await waitUntilLeads(system, follower, after: epoch)
      let listed = try await system.get("/v1/controllers", at: follower.address).json["items"]
      #expect(listed?.elements?.compactMap { $0["name"]?.text } == ["two"])
    }
  }

  @Test("when the leader is stopped by a signal another leads; it wakes up as a follower")
  func paused() async throws {
    try await withTwo { system, leader, follower in
      let epoch = try #require(try await system.epoch(of: leader))
      leader.process.signal(SIGSTOP)
      try await waitUntilLeads(system, follower, after: epoch)
      try await system.startWorker("w1", at: follower)
      leader.process.signal(SIGCONT)
      _ = try await leader.process.line(containing: "this controller leads no longer")
      #expect(try await system.epoch(of: leader) == nil)
      #expect(try await system.epoch(of: follower) != nil)
    }
  }

  @Test("a leader that was stopped and does not know that another has taken over can write nothing")
  func fenced() async throws {
    // Its own clock tells it that it still leads: only the epoch stands in its way.
    try await withTwo(leaseMilliseconds: 60_000) { system, leader, follower in
      try await system.startWorker("w1", at: leader)
      leader.process.signal(SIGSTOP)
      try await sql(
        system,
        """
        UPDATE leadership SET holder = 'another', epoch = epoch + 1, lease = '2 hours',
          expires_at = now() + interval '1 hour'
        """)
      try await addCamera("yard", system, at: follower)
      leader.process.signal(SIGCONT)
      let line = try await leader.process.line(containing: "this controller leads no longer")
      #expect(line.contains("taken over"))
      #expect(try await system.epoch(of: leader) == nil)
      #expect(try await worker(of: "yard", system, at: follower) == nil)
      try await sql(system, "UPDATE leadership SET expires_at = now()")
      try await waitUntil("the stream to be placed by whoever leads then", deadline: .seconds(90)) {
        try await worker(of: "yard", system, at: follower) != nil
      }
    }
  }

  @Test("controllers that begin at once on an empty database all come up, and one leads")
  func beginAtOnce() async throws {
    try await withTestDatabase { database in
      let directory = try TemporaryDirectory()
      let processes = try (0..<3).map { index in
        try ProgramProcess(
          "aspen-controller",
          [
            "--listen", "127.0.0.1:0", "--database-url", database.url, "--migrations",
            Checkout.root + "/migrations", "--name", "c\(index)", "--secrets-key-file",
            directory.file("key-\(index)"),
          ])
      }
      for process in processes { _ = try await process.line(containing: "controller ready at ") }
      try await waitUntil("one to lead") {
        processes.contains { $0.output.contains("this controller leads") }
      }
      try await waitUntil("all to be listed") {
        try await TestDatabase.run("SELECT FROM controllers", at: database.url) == 3
      }
      for process in processes { #expect(await process.stop() == 0) }
    }
  }
}
