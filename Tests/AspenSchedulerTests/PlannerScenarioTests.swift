import AspenScheduler
import Testing

@Suite("Planner scenarios")
struct PlannerScenarioTests {
  @Test("a cluster gets the plan that its scenario expects", arguments: all)
  func scenario(_ scenario: Scenario) throws {
    let snapshot = try scenario.snapshot()
    #expect(words(Planner.plan(snapshot), of: snapshot) == scenario.expected)
  }

  @Test("a stream without a worker is told why", arguments: shortages)
  func shortage(_ scenario: Scenario) throws {
    let snapshot = try scenario.snapshot()
    #expect(words(Planner.plan(snapshot), of: snapshot) == scenario.expected)
  }

  @Test("a placement says why this worker was chosen and why the old one was left")
  func reasons() throws {
    let scenario = Scenario(
      title: "", workers: ["w1 4 lost", "w2 4 ready", "w3 4 ready gpu=yes"],
      streams: ["a on:w1@5", "b", "c needs:gpu=yes on:w2@2"], expected: [])
    let reasons = Planner.plan(try scenario.snapshot()).actions.map(\.reason)
    #expect(
      reasons == [
        "worker w1 is lost; w2 was the least loaded worker that fits (0 of 4)",
        "w2 was the least loaded worker that fits (1 of 4)",
        "worker w2 does not have the label 'gpu=yes'; "
          + "w3 was the least loaded worker that fits (0 of 4)",
      ])
  }

  static let all = placement + departures + sites + drains + deletions

  static let placement = [
    Scenario(title: "nothing gives nothing", workers: [], streams: [], expected: []),
    Scenario(
      title: "a new stream goes to the only worker",
      workers: ["w1 2 ready"], streams: ["a"], expected: ["a -> w1"]),
    Scenario(
      title: "streams spread, ties by worker name",
      workers: ["w2 4 ready", "w1 4 ready"], streams: ["c", "b", "a", "d"],
      expected: ["a -> w1", "b -> w2", "c -> w1", "d -> w2"]),
    Scenario(
      title: "spread follows the fraction of the capacity, not the count",
      workers: ["big 4 ready", "small 2 ready"], streams: ["a", "b", "c", "d", "e", "f"],
      expected: [
        "a -> big", "b -> small", "c -> big", "d -> big", "e -> small", "f -> big",
      ]),
    Scenario(
      title: "streams that stay count as load",
      workers: ["w1 4 ready", "w2 4 ready"], streams: ["a on:w1@1", "b on:w1@1", "c", "d"],
      expected: ["c -> w2", "d -> w2"]),
    Scenario(
      title: "a cordoned worker keeps its streams and gets no new ones",
      workers: ["w1 4 ready cordoned", "w2 1 ready"], streams: ["a on:w1@1", "b"],
      expected: ["b -> w2"]),
    Scenario(
      title: "an expected worker keeps its streams and gets no new ones",
      workers: ["w1 4 expected", "w2 1 ready"], streams: ["a on:w1@7", "b"],
      expected: ["b -> w2"]),
    Scenario(
      title: "an over-full worker keeps what it has",
      workers: ["w1 1 ready", "w2 1 ready"], streams: ["a on:w1@1", "b on:w1@1", "c"],
      expected: ["c -> w2"]),
    Scenario(
      title: "a required label decides",
      workers: ["w1 4 ready", "w2 4 ready gpu=yes"], streams: ["a needs:gpu=yes", "b needs:!gpu"],
      expected: ["a -> w2", "b -> w1"]),
    Scenario(
      title: "a stream without requirements leaves the last special place to one that needs it",
      workers: ["g 1 ready gpu=yes", "w 1 ready"], streams: ["a", "b needs:gpu=yes"],
      expected: ["a -> w", "b -> g"]),
    Scenario(
      title: "a slot freed by a disabled stream is used in the same plan",
      workers: ["w1 1 ready"], streams: ["a disabled on:w1@3", "b"],
      expected: ["a -> none from 3", "b -> w1"]),
  ]

  static let departures = [
    Scenario(
      title: "a disabled stream without a worker needs nothing",
      workers: ["w1 1 ready"], streams: ["a disabled"], expected: []),
    Scenario(
      title: "streams of a lost worker move",
      workers: ["w1 4 lost", "w2 4 ready"], streams: ["a on:w1@3", "b on:w1@9"],
      expected: ["a -> w2 from 3", "b -> w2 from 9"]),
    Scenario(
      title: "a stream of a lost worker stays assigned while no other can take it",
      workers: ["w1 4 lost", "w2 1 ready"], streams: ["a on:w1@3", "b on:w2@1"],
      expected: [
        "a unplaced: waiting for lost worker w1 or another: fitting worker w2 is full "
          + "(capacity 1); fitting workers are lost: w1"
      ]),
    Scenario(
      title: "a worker that lost the label loses the stream",
      workers: ["w1 4 ready", "w2 4 ready gpu=yes"], streams: ["a needs:gpu=yes on:w1@3"],
      expected: ["a -> w2 from 3"]),
    Scenario(
      title: "a stream whose worker lost the label is unassigned when none has it",
      workers: ["w1 4 ready"], streams: ["a needs:gpu=yes on:w1@3"],
      expected: [
        "a -> none from 3",
        "a unplaced: no worker has the labels 'gpu=yes' (1 worker considered)",
      ]),
    Scenario(
      title: "a lost worker without the label does not keep the stream",
      workers: ["w1 4 lost"], streams: ["a needs:gpu=yes on:w1@3"],
      expected: [
        "a -> none from 3",
        "a unplaced: no worker has the labels 'gpu=yes' (1 worker considered)",
      ]),
    Scenario(
      title: "a stream of a worker that no longer exists moves",
      workers: ["w1 4 ready"], streams: ["a on:gone@3"], expected: ["a -> w1 from 3"]),
    Scenario(
      title: "a stream of a worker that no longer exists is unassigned when none takes it",
      workers: [], streams: ["a on:gone@3"],
      expected: ["a -> none from 3", "a unplaced: no worker has joined"]),
  ]

  static let sites = [
    Scenario(
      title: "a camera's site decides, and a camera of no site runs anywhere",
      workers: ["w1 4 ready at:hq", "w2 4 ready at:lab", "w3 4 ready"],
      streams: ["a at:lab", "b at:hq", "c"], expected: ["a -> w2", "b -> w1", "c -> w3"]),
    Scenario(
      title: "a stream leaves a worker of another site, lost or not",
      workers: ["w1 4 ready at:hq", "w2 4 ready at:lab", "w3 4 lost"],
      streams: ["a at:lab on:w1@3", "b at:lab on:w3@4"],
      expected: ["a -> w2 from 3", "b -> w2 from 4"]),
    Scenario(
      title: "a camera of no site leaves the last place of a site to one that needs it",
      workers: ["h 1 ready at:hq", "w 1 ready"], streams: ["a", "b at:hq"],
      expected: ["a -> w", "b -> h"]),
    Scenario(
      title: "no worker at the site",
      workers: ["w1 4 ready", "w2 4 ready at:lab"], streams: ["a at:hq needs:gpu"],
      expected: [
        "a unplaced: no worker is at the camera's site 'hq' (2 workers considered)"
      ]),
    Scenario(
      title: "a worker at the site without the labels",
      workers: ["w1 4 ready gpu=yes", "w2 4 ready at:hq"], streams: ["a at:hq needs:gpu=yes"],
      expected: [
        "a unplaced: no worker of site 'hq' has the labels 'gpu=yes' (1 worker considered)"
      ]),
    Scenario(
      title: "a moved worker loses the streams of its old site",
      workers: ["w1 4 ready at:lab"], streams: ["a at:hq on:w1@2", "b on:w1@1"],
      expected: [
        "a -> none from 2",
        "a unplaced: no worker is at the camera's site 'hq' (1 worker considered)",
      ]),
  ]

  static let drains = [
    Scenario(
      title: "streams of a draining worker move and it gets no new ones",
      workers: ["w1 4 ready draining", "w2 4 ready"], streams: ["a on:w1@3", "b on:w1@9", "c"],
      expected: ["a -> w2 from 3", "b -> w2 from 9", "c -> w2"]),
    Scenario(
      title: "a stream without a worker comes before one that only moves",
      workers: ["w1 4 ready draining", "w2 1 ready"], streams: ["a on:w1@3", "z"],
      expected: [
        "z -> w2",
        "a stuck: worker w1 is draining, and no other can take it: "
          + "fitting worker w2 is full (capacity 1)",
      ]),
    Scenario(
      title: "a stream that no other can take stays on the draining worker",
      workers: ["w1 4 ready draining gpu=yes", "w2 4 ready"],
      streams: ["a needs:gpu=yes on:w1@3", "b on:w1@1"],
      expected: [
        "b -> w2 from 1",
        "a stuck: worker w1 is draining, and no other can take it: "
          + "no other worker has the labels 'gpu=yes' (1 worker considered)",
      ]),
    Scenario(
      title: "the only worker keeps its streams while it drains",
      workers: ["w1 4 ready draining"], streams: ["a on:w1@3"],
      expected: [
        "a stuck: worker w1 is draining, and no other can take it: no other worker has joined"
      ]),
    Scenario(
      title: "two draining workers do not take each other's streams",
      workers: ["w1 4 ready draining", "w2 4 ready draining"], streams: ["a on:w1@3"],
      expected: [
        "a stuck: worker w1 is draining, and no other can take it: "
          + "fitting workers are draining: w2"
      ]),
    Scenario(
      title: "a draining worker that has not come back keeps its streams for now",
      workers: ["w1 4 expected draining", "w2 4 ready"], streams: ["a on:w1@3"], expected: []),
    Scenario(
      title: "streams of a lost draining worker move as those of any lost worker",
      workers: ["w1 4 lost draining", "w2 4 ready"], streams: ["a on:w1@3"],
      expected: ["a -> w2 from 3"]),
    Scenario(
      title: "a stream of no worker is told of a draining one",
      workers: ["w1 4 ready draining", "w2 4 ready cordoned"], streams: ["a"],
      expected: [
        "a unplaced: fitting workers are cordoned: w2; fitting workers are draining: w1"
      ]),
  ]

  static let deletions = [
    Scenario(
      title: "a stream whose deletion was requested is not placed",
      workers: ["w1 4 ready"], streams: ["a deleted"], expected: []),
    Scenario(
      title: "it stays where it is and keeps its place until it is gone",
      workers: ["w1 1 ready"], streams: ["a deleted on:w1@3", "b"],
      expected: ["b unplaced: fitting worker w1 is full (capacity 1)"]),
    Scenario(
      title: "it does not move, neither from a lost nor from a draining nor to a fitting worker",
      workers: ["w1 4 lost", "w2 4 ready draining", "w3 4 ready at:hq"],
      streams: ["a deleted on:w1@3", "b deleted on:w2@3", "c deleted at:lab on:w3@1"],
      expected: []),
    Scenario(
      title: "it is not unassigned when it is disabled as well",
      workers: ["w1 4 ready"], streams: ["a deleted disabled on:w1@3"], expected: []),
  ]

  static let shortages = [
    Scenario(
      title: "no workers", workers: [], streams: ["a"],
      expected: ["a unplaced: no worker has joined"]),
    Scenario(
      title: "no labels", workers: ["w1 4 ready", "w2 4 ready gpu=no"],
      streams: ["a needs:gpu=yes,zone"],
      expected: ["a unplaced: no worker has the labels 'gpu=yes,zone' (2 workers considered)"]),
    Scenario(
      title: "all full", workers: ["w1 1 ready", "w2 1 ready", "w3 1 ready"],
      streams: ["a", "b", "c", "d"],
      expected: [
        "a -> w1", "b -> w2", "c -> w3",
        "d unplaced: all 3 fitting workers are full (capacity 1 each)",
      ]),
    Scenario(
      title: "all full, of different size", workers: ["w1 0 ready", "w2 1 ready"],
      streams: ["a", "b"],
      expected: [
        "a -> w2", "b unplaced: all 2 fitting workers are full (capacity 1 in total)",
      ]),
    Scenario(
      title: "the only fitting one is full", workers: ["w1 0 ready"], streams: ["a"],
      expected: ["a unplaced: fitting worker w1 is full (capacity 0)"]),
    Scenario(
      title: "lost", workers: ["w1 4 lost"], streams: ["a"],
      expected: ["a unplaced: fitting workers are lost: w1"]),
    Scenario(
      title: "cordoned and expected", workers: ["w1 4 ready cordoned", "w2 4 expected cordoned"],
      streams: ["a"],
      expected: [
        "a unplaced: fitting workers are cordoned: w1; fitting workers have not come back yet: w2"
      ]),
    Scenario(
      title: "many names are cut", workers: (1...7).map { "w\($0) 4 lost" }, streams: ["a"],
      expected: ["a unplaced: fitting workers are lost: w1, w2, w3, w4, w5 and 2 more"]),
  ]
}
