import AspenHTTP
import AspenModel
import AspenNet
import AspenTestSupport
import AspenWebSocket
import Testing

@testable import AspenCommands

@Suite("Watching resources", .serialized)
struct FollowCommandTests {
  /// What a watch sends, and whether it then ends.
  struct Watch: Sendable {
    var events: [String] = []
    var refusal: Int?
  }

  /// Answers lists by `lists` and watches by `watches`, one after the other; the last one stays.
  private func serving(
    lists: [String], watches: [Watch], targets: Collected<[String]>
  ) -> TestController.Answer {
    let lists = Collected(lists)
    let watches = Collected(watches)
    return { request in
      targets.append(request.target)
      guard request.target.hasPrefix("/v1/watch") else {
        let list = lists.value.first ?? "{}"
        lists.update { if $0.count > 1 { $0.removeFirst() } }
        return .json(list)
      }
      let watch = watches.value.first ?? Watch()
      watches.update { if $0.count > 1 { $0.removeFirst() } }
      if let refusal = watch.refusal { return .problem(status: refusal, detail: "no longer kept") }
      return WebSocketServer.upgrade(request, subprotocols: ["aspen.watch.v1"]) { connection in
        for event in watch.events { connection.send(text: event) }
        connection.close(code: 1001, reason: "the controller stops")
      }
    }
  }

  private func camera(_ name: String, _ version: Int, _ fps: Int) -> String {
    #"{"kind":"camera","name":"\#(name)","resource_version":\#(version),"spec":{"fps":\#(fps)}}"#
  }

  private func event(_ type: String, _ revision: Int, _ object: String) -> String {
    #"{"type":"\#(type)","revision":\#(revision),"kind":"camera","object":\#(object)}"#
  }

  @Test("a watch begins with a list, goes on from its revision, and takes a lost connection up")
  func resume() async throws {
    let targets = Collected<[String]>()
    let answer = serving(
      lists: [#"{"items":[\#(camera("a", 1, 5))],"revision":7}"#],
      watches: [
        Watch(events: [event("updated", 8, camera("a", 8, 10))]),
        Watch(events: [
          event("updated", 8, camera("a", 8, 10)), event("created", 9, camera("b", 9, 1)),
        ]),
      ], targets: targets)
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("watch", "cameras", "--count", "2", "-l", "site=x")
      #expect(outcome.status == .success)
      #expect(
        outcome.output == """
          EVENT    NAME                      REVISION  CHANGES
          listed   a                         7         -
          updated  a                         8         spec.fps: 5 → 10
          created  b                         9         -

          """)
      #expect(outcome.errors.contains("connecting again from revision 8"))
      #expect(
        targets.value == [
          "/v1/cameras?selector=site%3Dx&limit=500",
          "/v1/watch?bookmarks=true&kinds=camera&selector=site%3Dx&from=7",
          "/v1/watch?bookmarks=true&kinds=camera&selector=site%3Dx&from=8",
        ])
    }
  }

  @Test(
    "when the changes are no longer kept it says so and lists again",
    arguments: [
      Watch(refusal: 410), Watch(events: [#"{"type":"gone","revision":3}"#]),
    ])
  func gone(first: Watch) async throws {
    let targets = Collected<[String]>()
    let answer = serving(
      lists: [#"{"items":[\#(camera("a", 20, 5))],"revision":20}"#],
      watches: [first, Watch(events: [event("deleted", 21, camera("a", 20, 5))])],
      targets: targets)
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen(
        "watch", "camera", "--from", "3", "--count", "2", "-o", "json", "--output-watch-events")
      #expect(outcome.status == .success)
      #expect(
        outcome.errors
          == "aspen: the changes since revision 3 are not kept any more: listing again\n")
      let lines = try outcome.output.split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))
      }
      #expect(lines.map { $0["type"] } == ["created", "deleted"])
      #expect(lines.map { $0["revision"] } == [20, 21])
      #expect(
        targets.value == [
          "/v1/watch?bookmarks=true&kinds=camera&from=3", "/v1/cameras?limit=500",
          "/v1/watch?bookmarks=true&kinds=camera&from=20",
        ])
    }
  }

  @Test("what no new connection can mend ends the watch")
  func refused() async throws {
    let answer = serving(
      lists: [#"{"items":[],"revision":1}"#], watches: [Watch(refusal: 403)],
      targets: Collected<[String]>())
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen("watch", "streams", "yard")
      #expect(outcome.status == .unauthorized)
    }
  }
}
