import AspenModel
import AspenStore
import Testing

@testable import AspenController

@Suite("Removing what was deleted")
struct RetirementTests {
  private func retirement(
    _ fixture: SchedulingFixture, phases: [Int64: WorkerPhase] = [1: .ready, 2: .ready],
    mayRun: Set<Int64> = [], released: Set<Int64> = []
  ) -> Retirement {
    Retirement(
      of: fixture.state,
      Retirement.Workers(
        phase: { phases[$0] }, mayRun: { mayRun.contains($0) },
        hasReleased: { streamID, _ in released.contains(streamID) }))
  }

  @Test("a stream stays until its worker has let go of it")
  func waits() throws {
    var fixture = SchedulingFixture()
    try fixture.addWorker(1)
    try fixture.addStream(1, on: 1, isDeletionRequested: true)
    try fixture.addStream(2, on: 1)
    let running = retirement(fixture, mayRun: [1, 2])
    #expect(running.isEmpty)
    #expect(running.waiting == [1: "worker w1 is stopping it"])
    let silent = retirement(fixture)
    #expect(silent.isEmpty && silent.waiting[1]?.contains("not said yet") == true)
    let stopped = retirement(fixture, mayRun: [2], released: [1])
    #expect(stopped.streams.map(\.stream.metadata.id) == [1])
    #expect(stopped.cameras == [] && stopped.waiting == [:])
  }

  @Test("a lost or vanished worker is not waited for, one that may come back is")
  func lostWorkers() throws {
    var fixture = SchedulingFixture()
    try fixture.addWorker(1)
    try fixture.addStream(1, on: 1, isDeletionRequested: true)
    #expect(!retirement(fixture, phases: [1: .lost]).isEmpty)
    #expect(!retirement(fixture, phases: [:]).isEmpty)
    let expected = retirement(fixture, phases: [1: .expected])
    #expect(expected.isEmpty && expected.waiting[1]?.contains("has not come back yet") == true)
  }

  @Test("a stream without a worker goes at once, unless one has not stopped it yet")
  func unassigned() throws {
    var fixture = SchedulingFixture()
    try fixture.addStream(1, isDeletionRequested: true)
    #expect(retirement(fixture).streams.count == 1)
    #expect(retirement(fixture, mayRun: [1]).waiting == [1: "a worker is stopping it"])
  }

  @Test("a camera goes with the last of its streams")
  func camera() throws {
    var fixture = SchedulingFixture()
    try fixture.addWorker(1)
    try fixture.addStream(1, camera: 5, on: 1, isDeletionRequested: true)
    try fixture.addStream(2, camera: 5, on: 1, isDeletionRequested: true)
    try fixture.deleteCamera(5)
    let half = retirement(fixture, mayRun: [2], released: [1])
    #expect(half.streams.map(\.stream.metadata.id) == [1])
    #expect(half.cameras == [])
    let whole = retirement(fixture, released: [1, 2])
    #expect(whole.cameras.map(\.id) == [5])
    #expect(whole.streams == [], "they go with their camera")
  }

  @Test("a camera without streams goes at once, and a stream's deletion leaves its camera")
  func parts() throws {
    var fixture = SchedulingFixture()
    try fixture.deleteCamera(5)
    try fixture.addStream(1, camera: 6, isDeletionRequested: true)
    let retirement = retirement(fixture)
    #expect(retirement.cameras.map(\.id) == [5])
    #expect(retirement.streams.map(\.stream.metadata.id) == [1])
  }

  @Test("one transaction removes a bounded number")
  func bounded() throws {
    var fixture = SchedulingFixture()
    for id in 1...600 { try fixture.addStream(Int64(id), isDeletionRequested: true) }
    for id in 1...20 { try fixture.deleteCamera(Int64(1000 + id)) }
    let retirement = retirement(fixture)
    #expect(retirement.streams.count + retirement.cameras.count == 500)
  }

  @Test("nothing is removed that nobody asked to remove")
  func untouched() throws {
    var fixture = SchedulingFixture()
    try fixture.addStream(1, isEnabled: false)
    try fixture.addStream(2, on: 9)
    #expect(retirement(fixture).isEmpty)
  }
}
