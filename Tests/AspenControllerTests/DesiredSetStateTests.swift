import AspenModel
import AspenWire
import Testing

@testable import AspenController

@Suite("Which desired sets a worker is sent")
struct DesiredSetStateTests {
  private var state = DesiredSetState()

  private func reading(
    epoch: Int64 = 1, _ revision: Int64, _ ids: [Int64], leaving: Set<Int64> = [],
    rule: PartitionRule = .replace
  ) throws -> DesiredReading {
    DesiredReading(
      version: DesiredVersion(epoch: epoch, revision: revision),
      streams: try ids.map { id in
        DesiredStream(
          streamID: id, name: "s\(id)", generation: 1,
          cameraSpec: CameraSpec(
            source: .file(try MediaFilePath("clip.avi", field: "path")), username: nil),
          password: nil, maxFramesPerSecond: nil, maxWidth: nil, onPartition: rule)
      },
      leaving: leaving)
  }

  private mutating func follows(epoch: Int64 = 1, _ revision: Int64, running: [Int64] = []) {
    _ = state.heard(
      WorkerMessage.Status(
        streams: [], followed: DesiredVersion(epoch: epoch, revision: revision),
        running: running.map { .init(streamID: $0, generation: 1) }))
  }

  @Test("the first set is sent, and then what differs")
  mutating func changes() throws {
    #expect(try state.read(reading(5, [])) == true)
    #expect(try state.read(reading(6, [])) == false)
    #expect(try state.read(reading(7, [1])) == true)
    #expect(try state.read(reading(8, [1])) == false)
    #expect(try state.read(reading(9, [1, 2])) == true)
  }

  @Test("an older reading than the one sent last is not sent")
  mutating func older() throws {
    _ = state.read(try reading(5, [1]))
    #expect(try state.read(reading(4, [])) == false)
    #expect(try state.read(reading(epoch: 0, 9, [])) == false)
  }

  @Test("a worker that follows another controller's later set is sent a newer one")
  mutating func overtaken() throws {
    _ = state.read(try reading(5, [1]))
    follows(5)
    #expect(try state.read(reading(6, [1])) == false)
    // Another controller gave it stream 2 at revision 7 and died; stream 2 left at revision 8.
    follows(7, running: [1, 2])
    #expect(try state.read(reading(6, [1])) == false, "this controller has not read so far")
    #expect(try state.read(reading(8, [1])) == true)
    follows(8)
    #expect(try state.read(reading(9, [1])) == false, "once is enough")
  }

  @Test("a new leadership has its sets sent, also where they are the same")
  mutating func newEpoch() throws {
    _ = state.read(try reading(epoch: 1, 5, [1]))
    #expect(try state.read(reading(epoch: 2, 5, [1])) == true)
    #expect(try state.read(reading(epoch: 2, 6, [1])) == false)
  }

  @Test("a stream that is to be deleted is told to stop, also if this controller never gave it")
  mutating func leaving() throws {
    _ = state.read(try reading(5, []))
    follows(5)
    #expect(try state.read(reading(6, [], leaving: [1])) == true)
    #expect(!state.releases.hasReleased(1))
    follows(6)
    #expect(state.releases.hasReleased(1))
    #expect(try state.read(reading(7, [], leaving: [1])) == false)
  }

  @Test("a worker needs a lease for streams that must stop without one")
  mutating func needsLease() throws {
    _ = state.read(try reading(1, [1], rule: .keep))
    #expect(!state.needsLease)
    _ = state.read(try reading(2, [1], rule: .stop))
    #expect(state.needsLease)
  }
}
