import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Testing

/// Streams that move while both workers live, with real programs and a real RTSP camera.
@Suite("Handover", .serialized)
struct HandoverTests {
  @Test(
    "a drain hands a stream over: its frames go on, first of one generation and then of the next")
  func drain() async throws {
    try await withSystem { system, camera in
      try await system.startWorker("w1")
      try await system.addYard(camera)
      let before = try #require(
        try await system.get("/v1/assignments/yard").json["generation"]?.wholeNumber)
      try await system.startWorker("w2")
      let viewed = system.startReceiving("/v1/frames?streams=yard", seconds: 8, mode: "header")
      try await waitUntil("a viewer") {
        try await system.get("/v1/streams/yard").json["status"]?["viewers"]?.wholeNumber == 1
      }
      let drained = try await system.aspen("drain", "w1", "--wait")
      #expect(drained.exitCode == 0, "\(drained.errors)")
      let after = try await system.get("/v1/assignments/yard").json
      #expect(after["worker"]?.text == "w2" && after["previous_worker"] == nil)
      let seen = try await viewed.value
      // A worker that starts with nothing shown waits for the camera's next keyframe, a second long.
      #expect((seen["gap"]?.decimal ?? 9) < 0.8, "\(seen)")
      #expect(seen["backwards"]?.wholeNumber == 0)
      let next = try #require(after["generation"]?.wholeNumber)
      #expect(seen["generations"] == [.integer(before), .integer(next)])
      try await waitUntil("the old worker to let go") {
        try system.worker("w1").output.contains("stream withdrawn")
      }
    }
  }

  @Test("a camera of a single session is let go first, and then taken")
  func singleSession() async throws {
    try await withSystem { system, camera in
      try await system.startWorker("w1")
      let added = try await system.aspen(
        "camera", "add", "yard", Yard.address(of: camera), "--single-session")
      #expect(added.exitCode == 0, "\(added.errors)")
      try await system.waitUntilStreaming("yard")
      try await system.startWorker("w2")
      let drained = try await system.aspen("drain", "w1", "--wait")
      #expect(drained.exitCode == 0, "\(drained.errors)")
      try await system.waitUntilStreaming("yard")
      #expect(try await system.get("/v1/assignments/yard").json["worker"]?.text == "w2")
      #expect(!system.controller.output.contains("stream handed over"))
    }
  }
}
