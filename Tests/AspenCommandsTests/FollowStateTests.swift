import AspenModel
import Testing

@testable import AspenCommands

@Suite("Following changes")
struct FollowStateTests {
  private func camera(_ name: String, _ version: Int64, fps: Int64 = 5) -> JSONValue {
    [
      "kind": "camera", "name": .string(name), "resource_version": .integer(version),
      "labels": [:], "spec": ["fps": .integer(fps)],
    ]
  }

  private func event(_ type: String, _ revision: Int64, _ object: JSONValue? = nil) -> JSONValue {
    .object(compacting: [
      ("type", .string(type)), ("revision", .integer(revision)), ("object", object),
    ])
  }

  @Test("a change is shown with what was known before, and the revision moves on")
  func change() {
    var state = FollowState(name: nil, from: nil)
    let listed = state.listed([camera("a", 1)], at: 3, isFirst: true)
    #expect(
      listed == [.resource(type: "listed", revision: 3, camera("a", 1), before: nil)])
    let action = state.received(event("updated", 4, camera("a", 4, fps: 10)))
    #expect(
      action
        == .show(
          .resource(
            type: "updated", revision: 4, camera("a", 4, fps: 10), before: camera("a", 1))))
    #expect(state.revision == 4)
  }

  @Test("what comes twice after a new connection is shown once")
  func replay() {
    var state = FollowState(name: nil, from: 10)
    #expect(state.received(event("created", 11, camera("a", 11))) != .nothing)
    _ = state.lost(random: 0)
    #expect(state.received(event("created", 11, camera("a", 11))) == .nothing)
    #expect(state.received(event("created", 9, camera("b", 9))) == .nothing)
    #expect(state.received(event("created", 12, camera("b", 12))) != .nothing)
  }

  @Test("a bookmark moves the revision and shows nothing")
  func bookmark() {
    var state = FollowState(name: nil, from: 10)
    #expect(state.received(event("bookmark", 50)) == .nothing)
    #expect(state.revision == 50)
  }

  @Test("only the resource that is asked for is shown")
  func name() {
    var state = FollowState(name: "a", from: nil)
    let listed = state.listed([camera("a", 1), camera("b", 2)], at: 2, isFirst: true)
    #expect(listed.count == 1)
    #expect(state.received(event("updated", 3, camera("b", 3))) == .nothing)
    #expect(state.revision == 3)
  }

  @Test("after a gap the list tells what was created, changed and deleted meanwhile")
  func gap() {
    var state = FollowState(name: nil, from: nil)
    _ = state.listed([camera("a", 1), camera("b", 2), camera("c", 3)], at: 3, isFirst: true)
    #expect(state.received(event("gone", 3)) == .listAgain)
    let outputs = state.listed(
      [camera("a", 1), camera("b", 9), camera("d", 8)], at: 9, isFirst: false)
    #expect(
      outputs == [
        .resource(type: "deleted", revision: 9, camera("c", 3), before: camera("c", 3)),
        .resource(type: "updated", revision: 9, camera("b", 9), before: camera("b", 2)),
        .resource(type: "created", revision: 9, camera("d", 8), before: nil),
      ])
    #expect(state.revision == 9)
  }

  @Test("pauses grow to 15 seconds, differ between followers, and begin anew after an event")
  func pauses() {
    var state = FollowState(name: nil, from: 1)
    let pauses = (0..<9).map { _ in state.lost(random: 1) }
    #expect(pauses.first == .milliseconds(250))
    #expect(pauses[1] == .milliseconds(500))
    #expect(pauses.last == .seconds(15))
    _ = state.received(event("bookmark", 2))
    #expect(state.lost(random: 0) == .milliseconds(125))
  }

  @Test("a line has the event, its fields that changed, or the whole for programs")
  func lines() {
    let output = FollowState.Output.resource(
      type: "updated", revision: 4, camera("a", 4, fps: 10), before: camera("a", 1))
    let table = FollowLine(kind: .camera, format: .table, showsEvents: false)
    #expect(
      table.header
        == "EVENT    NAME                      REVISION  CHANGES\n")
    #expect(
      table.text(output)
        == "updated  a                         4         spec.fps: 5 → 10\n")
    let names = FollowLine(kind: .camera, format: .name, showsEvents: false)
    #expect(names.text(output) == "camera/a\n")
    let json = FollowLine(kind: .camera, format: .json, showsEvents: true)
    let printed = try? JSONValue(parsing: Array(json.text(output).utf8))
    #expect(printed?["type"] == "updated" && printed?["revision"] == 4)
    #expect(printed?["object"]?["name"] == "a")
    let plain = FollowLine(kind: .camera, format: .json, showsEvents: false)
    #expect((try? JSONValue(parsing: Array(plain.text(output).utf8)))?["name"] == "a")
  }
}
