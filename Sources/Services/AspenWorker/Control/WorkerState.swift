import AspenModel
import AspenWire

/// What a worker runs, decided from the controller's messages alone.
///
/// Messages are full sets, so a lost one is healed by the next. A stream's generation is its fence: a lower
/// one than was ever seen is refused, a higher one replaces the pipeline. While no controller is connected
/// nothing changes: cameras keep streaming.
///
/// A stream:
///
///     desired ──▶ running(generation) ──▶ running(higher generation) ──▶ gone
///                        └── same generation: only its limits and demand may change in place
struct WorkerState {
  /// What is to be done.
  enum Action: Hashable {
    /// Run this stream, in place of what runs of it now.
    case run(DesiredStream, FrameDemand?)
    /// Run this stream no more.
    case stop(streamID: Int64)
    /// The same pipeline, other frames; nil: none.
    case setDemand(streamID: Int64, FrameDemand?)
    /// A lower generation than was seen before is not run.
    case refuse(DesiredStream, seen: Int64)
  }

  /// How soon a changed status is to be told.
  enum Urgency: Hashable {
    /// It is not the current pipeline's.
    case never
    /// With the next regular message.
    case regular
    /// Now.
    case soon
  }

  private enum Limits {
    /// Generations remembered of streams that left. A stream that left so many others ago is not
    /// given to this worker at an old generation any more.
    static let rememberedStreams = 65_536
  }

  private struct Entry {
    var stream: DesiredStream
    var status: StreamStatus
    /// By which specs its pipeline runs; nil until it has begun.
    var applied: AppliedSpecs?
  }

  private struct AppliedSpecs {
    let stream: Int64?
    let camera: Int64?

    init(_ desired: DesiredStream) {
      stream = desired.specGeneration
      camera = desired.cameraGeneration
    }
  }

  private var entries: [Int64: Entry] = [:]
  private var demands: [Int64: FrameDemand] = [:]
  /// The highest generation of every stream that was seen, running or not.
  private var seen: [Int64: Int64] = [:]
  /// The revision of the desired set that is followed, of this connection.
  private(set) var desiredRevision: Int64 = 0
  private var demandRevision: Int64 = 0

  /// A new control connection: its revisions start anew.
  mutating func connected() {
    desiredRevision = 0
    demandRevision = 0
  }

  /// Follows a desired set.
  mutating func follow(_ set: ControllerMessage.DesiredSet) -> [Action] {
    guard set.revision > desiredRevision else { return [] }
    desiredRevision = set.revision
    var actions: [Action] = []
    let wanted = Set(set.streams.map(\.streamID))
    for streamID in entries.keys.sorted() where !wanted.contains(streamID) {
      entries[streamID] = nil
      actions.append(.stop(streamID: streamID))
    }
    for stream in set.streams {
      if let action = follow(stream) { actions.append(action) }
    }
    forgetOldGenerations()
    return actions
  }

  private mutating func follow(_ stream: DesiredStream) -> Action? {
    let highest = seen[stream.streamID] ?? .min
    guard stream.generation >= highest else { return .refuse(stream, seen: highest) }
    seen[stream.streamID] = stream.generation
    let old = entries[stream.streamID]
    if let entry = old, entry.stream.isSamePipeline(as: stream) {
      entries[stream.streamID]?.stream = stream
      // Its limits change with its demand, at once; a pipeline that has not begun begins with them.
      if entry.applied != nil { entries[stream.streamID]?.applied = AppliedSpecs(stream) }
      let demand = demand(for: stream)
      return demand == self.demand(for: entry.stream)
        ? nil : .setDemand(streamID: stream.streamID, demand)
    }
    let status = StreamStatus(
      streamID: stream.streamID, generation: stream.generation, phase: .connecting,
      message: "starting")
    // The old pipeline runs by the old specs until the new one begins.
    entries[stream.streamID] = Entry(stream: stream, status: status, applied: old?.applied)
    return .run(stream, demand(for: stream))
  }

  private mutating func forgetOldGenerations() {
    guard seen.count > Limits.rememberedStreams + entries.count else { return }
    seen = seen.filter { entries[$0.key] != nil }
  }

  /// Follows a demand set.
  mutating func follow(_ set: ControllerMessage.DemandSet) -> [Action] {
    guard set.revision > demandRevision else { return [] }
    demandRevision = set.revision
    return want(
      Dictionary(set.streams.map { ($0.streamID, $0.demand) }, uniquingKeysWith: { $0.union($1) }))
  }

  /// Nobody has said for a while that somebody watches.
  mutating func endDemand() -> [Action] {
    want([:])
  }

  private mutating func want(_ new: [Int64: FrameDemand]) -> [Action] {
    let old = demands
    demands = new
    return entries.values.map(\.stream).sorted { $0.streamID < $1.streamID }.compactMap { stream in
      let demand = stream.limited(new[stream.streamID])
      guard demand != stream.limited(old[stream.streamID]) else { return nil }
      return .setDemand(streamID: stream.streamID, demand)
    }
  }

  private func demand(for stream: DesiredStream) -> FrameDemand? {
    stream.limited(demands[stream.streamID])
  }

  /// The controller does not know this worker any more: others run its streams. Generations stay known.
  mutating func dismissed() -> [Action] {
    demands = [:]
    defer { entries = [:] }
    return entries.keys.sorted().map { .stop(streamID: $0) }
  }

  /// The pipeline of a stream has begun; whatever it comes to, it follows these specs.
  mutating func began(_ stream: DesiredStream) {
    guard let entry = entries[stream.streamID], entry.stream.isSamePipeline(as: stream) else {
      return
    }
    entries[stream.streamID]?.applied = AppliedSpecs(entry.stream)
  }

  /// Takes the status of a pipeline.
  mutating func update(_ status: StreamStatus) -> Urgency {
    guard let old = entries[status.streamID], old.stream.generation == status.generation else {
      return .never
    }
    entries[status.streamID]?.status = status
    let isSame = old.status.phase == status.phase && old.status.fault == status.fault
    return isSame ? .regular : .soon
  }

  /// The status of all streams, by id.
  var statuses: [StreamStatus] {
    entries.values
      .map { entry in
        entry.status.applying(
          specGeneration: entry.applied?.stream, cameraGeneration: entry.applied?.camera)
      }
      .sorted { $0.streamID < $1.streamID }
  }

  /// What runs or shall run, and what is still open of what shall not, by id: for hello and status. A
  /// camera's connection is open until its pipeline has ended.
  func running(open: [WorkerMessage.RunningStream]) -> [WorkerMessage.RunningStream] {
    let wanted = entries.values.map {
      WorkerMessage.RunningStream(
        streamID: $0.stream.streamID, generation: $0.stream.generation)
    }
    let stopping = open.filter { entries[$0.streamID] == nil }
    return (wanted + stopping).sorted { $0.streamID < $1.streamID }
  }

  /// The generation that runs of a stream; frames of another one are not sent.
  func generation(of streamID: Int64) -> Int64? {
    entries[streamID]?.stream.generation
  }

  /// Whether somebody wants frames of a stream that runs.
  var hasDemand: Bool {
    entries.keys.contains { demands[$0] != nil }
  }
}

extension DesiredStream {
  /// Whether a pipeline of this one can go on for the other one.
  fileprivate func isSamePipeline(as other: DesiredStream) -> Bool {
    generation == other.generation && cameraSpec == other.cameraSpec && password == other.password
  }

  /// The demand within the stream's own limits.
  fileprivate func limited(_ demand: FrameDemand?) -> FrameDemand? {
    guard let demand else { return nil }
    return FrameDemand(
      framesPerSecond: Self.lower(demand.framesPerSecond, maxFramesPerSecond),
      width: Self.lower(demand.width, maxWidth))
  }

  private static func lower<Value: Comparable>(_ left: Value?, _ right: Value?) -> Value? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
  }
}
