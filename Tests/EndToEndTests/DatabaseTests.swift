import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Testing

/// PostgreSQL that restarts, fails over, or stands behind a pooler, under real programs.
@Suite("Database", .serialized)
struct DatabaseTests {
  @Test(
    "behind PgBouncer a camera is made, watched, placed and streamed, with and without listening")
  func pooled() async throws {
    let cluster = try await PostgresCluster.start()
    let bouncer = try await cluster.startBouncer()
    let camera = try await TestCamera.start(user: Yard.user, password: Yard.password)
    for (database, flags, way) in [
      ("polled", [], "polling"),
      ("heard", ["--database-listen-url", cluster.url(database: "heard")], "notifications"),
    ] {
      try await cluster.execute("CREATE DATABASE \(database)")
      let system = try await AspenSystem(
        databaseURL: bouncer.url(database: database), flags: flags)
      let line = try await system.controller.line(
        containing: "changes in the database are followed")
      #expect(line.contains(way), "\(line)")
      try await system.startWorker("w1")
      #expect(try await system.aspen("camera", "add", "gate", camera.address()).exitCode == 0)
      let watch = try ProgramProcess(
        "aspen", ["watch", "cameras", "--output", "name"],
        environment: [
          "ASPEN_SERVER": system.address, "ASPEN_TOKEN": system.token,
          "HOME": system.directory.path,
        ])
      // It begins with a list, and follows what comes after it.
      _ = try await watch.line(containing: "gate")
      try await system.addYard(camera)
      _ = try await watch.line(containing: "yard")
      let received = try await system.receive(
        "/v1/streams/yard/frames", seconds: 1, mode: "plain")
      #expect((received["frames"]?.wholeNumber ?? 0) > 1)
      await watch.stop()
      await system.stop()
    }
    await camera.stop()
  }

  @Test(
    "through 20 restarts of PostgreSQL no acknowledged write is lost or doubled, and frames flow on",
    .timeLimit(.minutes(5)))
  func restarts() async throws {
    let cluster = try await PostgresCluster.start()
    let camera = try await TestCamera.start(user: Yard.user, password: Yard.password)
    let system = try await AspenSystem(databaseURL: cluster.url())
    try await system.startWorker("w1")
    try await system.addYard(camera)
    _ = try await system.receive("/v1/streams/yard/frames", seconds: 0.5, mode: "plain")
    let before = try await system.get("/v1/assignments/yard").json

    let writers = WriteLoad(system, writers: 4)
    let viewed = system.startReceiving(
      "/v1/streams/yard/frames", seconds: 10, mode: "plain")
    var recoveries: [Duration] = []
    for index in 0..<20 {
      let acknowledged = writers.acknowledged
      try await waitUntil("writes between the restarts") {
        writers.acknowledged >= acknowledged + 5
      }
      try await cluster.stop(index % 2 == 0 ? .fast : .immediate)
      #expect(try await system.get("/readyz").status == 503)
      try await cluster.start()
      let start = ContinuousClock.now
      try await waitUntil("the controller to be ready") {
        try await system.get("/readyz").status == 200
      }
      recoveries.append(ContinuousClock.now - start)
    }
    let names = try await writers.stop()
    recoveries.sort()
    // Generous for a loaded test machine; half of them show the second that README.md promises.
    #expect(recoveries[10] < .seconds(1) && recoveries[19] < .seconds(10), "\(recoveries)")
    #expect(try await viewed.value.framesFlowed)
    #expect(try await system.get("/v1/assignments/yard").json == before)
    try await expectEachOnce(names, system)
    await system.stop()
    await camera.stop()
  }

  @Test("when a standby is promoted the controller goes to it, and nothing acknowledged is lost")
  func failOver() async throws {
    let primary = try await PostgresCluster.start()
    let standby = try await PostgresCluster.start(following: primary)
    try await primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    try await primary.execute("SELECT pg_reload_conf()")
    try await waitUntil("the standby to follow") {
      try await primary.execute("SELECT sync_state FROM pg_stat_replication").contains("sync")
    }
    let camera = try await TestCamera.start(user: Yard.user, password: Yard.password)
    let system = try await AspenSystem(databaseURL: standby.url(or: primary))
    try await system.startWorker("w1")
    try await system.addYard(camera)
    _ = try await system.receive("/v1/streams/yard/frames", seconds: 0.5, mode: "plain")
    let before = try await system.get("/v1/assignments/yard").json
    let writers = WriteLoad(system, writers: 4)
    try await waitUntil("writes before the loss") { writers.acknowledged >= 20 }

    let viewed = system.startReceiving(
      "/v1/streams/yard/frames", seconds: 4, mode: "plain")
    try await primary.stop(.immediate)
    try await waitUntil("the loss to be seen") {
      try await system.get("/readyz").status == 503
    }
    try await standby.promote()
    let start = ContinuousClock.now
    try await waitUntil("the controller to be ready") {
      try await system.get("/readyz").status == 200
    }
    #expect(ContinuousClock.now - start < .seconds(10))
    let acknowledged = writers.acknowledged
    try await waitUntil("writes to the new primary") {
      writers.acknowledged >= acknowledged + 20
    }
    let names = try await writers.stop()
    #expect(try await viewed.value.framesFlowed)
    #expect(try await system.get("/v1/assignments/yard").json == before)
    try await expectEachOnce(names, system)
    await system.stop()
    await camera.stop()
  }

  /// Each write is there, and the audit knows it once.
  private func expectEachOnce(_ names: [String], _ system: AspenSystem) async throws {
    let listed = try await system.all("/v1/cameras?limit=500").compactMap { $0["name"]?.text }
    let audited = try await system.all(
      "/v1/audit-entries?limit=500&operation=camera_create&kind=camera"
    )
    .compactMap { $0["object"]?["name"]?.text }
    for found in [listed, audited] {
      #expect(found.filter { $0.hasPrefix("load-") }.sorted() == names.sorted())
    }
  }
}
