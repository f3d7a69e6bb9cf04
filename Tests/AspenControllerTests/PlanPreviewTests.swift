import AspenModel
import AspenStore
import Testing

@testable import AspenController

@Suite("Previewing placements")
struct PlanPreviewTests {
  @Test("a preview says by name what would be placed, moved, unassigned and left out")
  func preview() throws {
    var fixture = SchedulingFixture()
    try fixture.addWorker(1)
    try fixture.addWorker(2, capacity: 2)
    try fixture.addStream(1)
    try fixture.addStream(2, on: 1)
    try fixture.addStream(3, on: 2, isEnabled: false)
    try fixture.addStream(4, site: "hq")
    let preview = PlanPreview(of: fixture.state, phases: [1: .lost, 2: .ready])
    #expect(
      preview.placements.map(\.json.serializedText) == [
        #"{"stream":"s1","action":"place","to":"w2","#
          + #""reason":"w2 was the least loaded worker that fits (0 of 2)"}"#,
        #"{"stream":"s2","action":"move","from":"w1","to":"w2","#
          + #""reason":"worker w1 is lost; w2 was the best worker that fits "#
          + #"(has a stream of this camera already, 1 of 2)"}"#,
        #"{"stream":"s3","action":"unassign","from":"w2","reason":"the stream is disabled"}"#,
      ])
    #expect(
      preview.unplaced.map(\.json.serializedText) == [
        #"{"stream":"s4","reason":"no worker is at the camera's site 'hq' (2 workers considered)"}"#
      ])
  }

  @Test("a drain is shown whole, although it goes in steps")
  func drain() throws {
    var fixture = SchedulingFixture()
    try fixture.addWorker(1, capacity: 200, isDraining: true)
    try fixture.addWorker(2, capacity: 200)
    for id in 1...120 { try fixture.addStream(Int64(id), on: 1) }
    let preview = PlanPreview(of: fixture.state, phases: [1: .ready, 2: .ready])
    #expect(preview.placements.count == 120)
    #expect(preview.placements.allSatisfy { $0.action == .move })
  }
}
