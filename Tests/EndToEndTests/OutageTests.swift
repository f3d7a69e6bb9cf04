import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Testing

/// What happens while parts are away.
@Suite("Outages", .serialized)
struct OutageTests {
  @Test(
    "while PostgreSQL is away frames flow and the API says 503 with Retry-After; then all is well")
  func databaseAway() async throws {
    let cluster = try await PostgresCluster.start()
    let camera = try await TestCamera.start(user: Yard.user, password: Yard.password)
    let system = try await AspenSystem(databaseURL: cluster.url())
    try await system.startWorker("w1")
    try await system.addYard(camera)
    _ = try await system.receive("/v1/streams/yard/frames", seconds: 0.5, mode: "plain")
    let before = try await system.get("/v1/assignments/yard").json

    try await cluster.stop()
    let answer = try await system.get("/v1/cameras")
    #expect(answer.status == 503)
    #expect(answer.headers["retry-after"] != nil)
    #expect(answer.json["type"]?.text?.hasSuffix("/unavailable") == true)
    #expect(try await system.get("/readyz").status == 503)
    #expect(try await system.get("/healthz").status == 200)
    let during = try await system.receive("/v1/streams/yard/frames", seconds: 4, mode: "plain")
    #expect(during.framesFlowed)

    try await cluster.start()
    try await waitUntil("the API to be back") {
      try await system.get("/v1/cameras").status == 200
    }
    #expect(try await system.get("/v1/assignments/yard").json == before)
    #expect(
      try await system.aspen("camera", "add", "gate", Yard.address(of: camera)).exitCode == 0)
    try await waitUntil("the new camera to stream") {
      try await system.get("/v1/cameras/gate").json["status"]?["phase"]?.text == "streaming"
    }
    await system.stop()
    await camera.stop()
  }

  @Test("a camera that is away says why, and comes back by itself")
  func cameraAway() async throws {
    try await withSystem { system, camera in
      try await system.startWorker("w1")
      try await system.addYard(camera)
      let port = camera.port
      await camera.kill()
      try await waitUntilFault("refused", of: "yard", system)
      let again = try await TestCamera.start(
        user: Yard.user, password: Yard.password, port: port)
      try await waitUntilPhase("streaming", of: "yard", system)

      for (name, address, fault) in [
        ("wrong-password", again.address().replacing("//", with: "//cam:wrong@"), "unauthorized"),
        ("no-password", again.address(), "unauthorized"),
        ("no-mount", Yard.address(of: again).replacing("h264", with: "nosuch"), "not_found"),
        ("no-host", "rtsp://no-such-host.invalid/h264", "host_not_found"),
      ] {
        #expect(try await system.aspen("camera", "add", name, address).exitCode == 0)
        try await waitUntilFault(fault, of: name, system)
        let shown = try await system.aspen("camera", "get", name)
        #expect(shown.output.contains(fault), "\(shown.output)")
        #expect(shown.output.contains("wrong@") == false)
      }
      again.freeze()
      try await waitUntilFault("timeout", of: "yard", system)
      again.thaw()
      try await waitUntilPhase("streaming", of: "yard", system)
      await again.stop()
    }
  }

  private func waitUntilPhase(
    _ phase: String, of camera: String, _ system: AspenSystem
  ) async throws {
    try await waitUntil("\(camera) to be \(phase)", deadline: .seconds(60)) {
      try await system.get("/v1/cameras/\(camera)").json["status"]?["phase"]?.text == phase
    }
  }

  private func waitUntilFault(
    _ fault: String, of camera: String, _ system: AspenSystem
  ) async throws {
    try await waitUntil("\(camera) to have the fault \(fault)", deadline: .seconds(60)) {
      let status = try await system.get("/v1/cameras/\(camera)").json["status"]
      return status?["phase"]?.text == "failing" && status?["fault"]?.text == fault
        && status?["message"]?.text?.isEmpty == false
    }
  }
}
