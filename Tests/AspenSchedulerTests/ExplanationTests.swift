import AspenModel
import AspenScheduler
import Testing

@Suite("Explaining a stream's placement")
struct ExplanationTests {
  private func explain(
    _ name: String, workers: [String], streams: [String]
  ) throws -> Explanation {
    let scenario = Scenario(title: "", workers: workers, streams: streams, expected: [])
    let snapshot = try scenario.snapshot()
    let stream = try #require(snapshot.streams.first { $0.name.text == name })
    return try #require(Planner.explain(stream: stream.id, in: snapshot))
  }

  private func lines(_ explanation: Explanation) -> [String] {
    explanation.candidates.map { candidate in
      let words = candidate.isFeasible ? "yes" : candidate.reasons.joined(separator: ", ")
      return "\(candidate.worker) \(candidate.freeStreams) free: \(words)"
    }
  }

  @Test("every worker is named with what speaks against it")
  func reasons() throws {
    let explanation = try explain(
      "a",
      workers: [
        "cordoned 4 ready cordoned at:hq gpu=yes", "draining 4 ready draining at:hq gpu=yes",
        "elsewhere 4 ready at:lab gpu=yes", "expected 4 expected at:hq gpu=yes",
        "full 1 ready at:hq gpu=yes", "good 4 ready at:hq gpu=yes", "lost 4 lost at:hq gpu=yes",
        "plain 4 ready at:hq", "wrong 0 lost cordoned",
      ],
      streams: ["a at:hq needs:gpu=yes", "b on:full@1"])
    #expect(
      lines(explanation) == [
        "good 4 free: yes",
        "cordoned 4 free: is cordoned",
        "draining 4 free: is draining",
        "elsewhere 4 free: is at site 'lab' and not at the camera's site 'hq'",
        "expected 4 free: has not come back yet",
        "full 0 free: is full (capacity 1)",
        "lost 4 free: is lost",
        "plain 4 free: does not have the label 'gpu=yes'",
        "wrong 0 free: is lost, is at no site and not at the camera's site 'hq', is cordoned, "
          + "is full (capacity 0)",
      ])
    #expect(explanation.reason == "good was the least loaded worker that fits (0 of 4)")
    #expect(explanation.currentWorkerID == nil)
  }

  @Test("feasible workers come in the order in which the planner would choose")
  func order() throws {
    let explanation = try explain(
      "x", workers: ["a 4 ready", "b 2 ready", "c 4 ready", "d 4 lost"],
      streams: ["x", "s on:a@1", "t on:a@1", "u on:c@1"])
    #expect(explanation.candidates.map(\.worker.text) == ["b", "c", "a", "d"])
  }

  @Test("a stream's own worker may keep it, cordoned, full or not heard of for a moment")
  func own() throws {
    for worker in ["w 1 ready", "w 1 ready cordoned", "w 1 expected"] {
      let explanation = try explain("a", workers: [worker], streams: ["a on:w@1"])
      #expect(lines(explanation) == ["w 0 free: yes"])
      #expect(explanation.reason == nil)
      #expect(explanation.currentWorkerID == 1)
    }
  }

  @Test("a stream that cannot leave a draining worker is told so")
  func stuck() throws {
    let explanation = try explain("a", workers: ["w 1 ready draining"], streams: ["a on:w@1"])
    #expect(lines(explanation) == ["w 0 free: is draining"])
    #expect(explanation.reason?.hasPrefix("worker w is draining, and no other can take it") == true)
  }

  @Test("no worker is asked for a stream that nobody wants", arguments: ["disabled", "deleted"])
  func unwanted(_ word: String) throws {
    let explanation = try explain("a", workers: ["w 1 ready"], streams: ["a \(word)"])
    let cause =
      word == "deleted" ? "the stream's deletion was requested" : "the stream is disabled"
    #expect(lines(explanation) == ["w 1 free: is not asked: \(cause)"])
    #expect(explanation.reason == cause)
  }

  @Test("a stream that is not in the snapshot has no explanation")
  func unknown() {
    #expect(Planner.explain(stream: 1, in: .empty) == nil)
  }
}
