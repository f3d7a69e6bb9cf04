import AspenModel
import AspenWire

/// What a worker runs, decided from the messages of its controllers alone.
///
/// Messages are full sets, so a lost one is healed by the next. Of the desired sets of all controllers the one
/// of the highest version is followed, so a controller that is late or was paused changes nothing. A
/// stream's generation is its fence: a lower one than was seen in the epoch is refused, a higher one replaces
/// the pipeline. Demand is each controller's own, and merged. While no controller is connected nothing changes:
/// cameras keep streaming, but for streams that need a lease.
///
/// A stream:
///
///     desired ──▶ running(generation) ──▶ running(higher generation) ──▶ gone
///        │               ├── same generation: only its limits and demand may change in place
///        │               └── needs a lease, and that has run out ──▶ lapsed ──next set──▶ waiting
///        └── needs a lease, and there is none ──▶ waiting ──lease──▶ running
struct WorkerState {
  typealias Instant = ContinuousClock.Instant

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
    /// Connect anew to all controllers: what they said before the lease ran out counts no more.
    case reconnect
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

  private enum Activity {
    case running
    /// It begins with the next lease.
    case waiting
    /// Its lease has run out, so another worker may have it: it waits for a newer word.
    case lapsed
  }

  private struct Entry {
    var stream: DesiredStream
    var status: StreamStatus
    var activity: Activity
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

  private struct Wanted {
    var revision: Int64 = 0
    var demands: [Int64: FrameDemand] = [:]
  }

  private var entries: [Int64: Entry] = [:]
  private var wanted: [ControllerAddress: Wanted] = [:]
  /// The union of what the controllers want.
  private var demands: [Int64: FrameDemand] = [:]
  /// The highest generation of every stream that was seen in this epoch, running or not.
  private var seen: [Int64: Int64] = [:]
  private var seenEpoch: Int64 = 0
  /// The version of the desired set that is followed.
  private(set) var version = DesiredVersion.none
  private var leaseEnd: Instant?

  /// A new control connection: its revisions of demand start anew.
  mutating func connected(to controller: ControllerAddress) {
    wanted[controller, default: Wanted()].revision = 0
  }

  // MARK: Desired sets

  /// Follows a desired set, of whichever controller. A lower version than the one followed does nothing.
  mutating func follow(_ set: ControllerMessage.DesiredSet, at now: Instant) -> [Action] {
    // Of the same version it is the same set, but a newer word of it.
    guard set.version >= version else { return [] }
    // A set of a new epoch was read after all writes of the one before. If it has lower generations the
    // database was restored from a backup, and what was seen since then never was.
    if set.version.epoch > seenEpoch {
      seen = [:]
      seenEpoch = set.version.epoch
    }
    version = set.version
    var actions: [Action] = []
    let wanted = Set(set.streams.map(\.streamID))
    for streamID in entries.keys.sorted() where !wanted.contains(streamID) {
      if entries.removeValue(forKey: streamID)?.activity == .running {
        actions.append(.stop(streamID: streamID))
      }
    }
    for stream in set.streams {
      if let action = follow(stream, at: now) { actions.append(action) }
    }
    forgetOldGenerations()
    return actions
  }

  private mutating func follow(_ stream: DesiredStream, at now: Instant) -> Action? {
    let streamID = stream.streamID
    let highest = seen[streamID] ?? .min
    guard stream.generation >= highest else { return .refuse(stream, seen: highest) }
    seen[streamID] = stream.generation
    let mayRun = !stream.stopsWithoutLease || hasLease(at: now)
    guard let old = entries[streamID], old.stream.isSamePipeline(as: stream) else {
      let wasRunning = entries[streamID]?.activity == .running
      // The old pipeline runs by the old specs until the new one begins.
      entries[streamID] = Entry(
        stream: stream, status: stream.starting, activity: mayRun ? .running : .waiting,
        applied: entries[streamID]?.applied)
      if mayRun { return .run(stream, demand(for: stream)) }
      return wasRunning ? .stop(streamID: streamID) : nil
    }
    entries[streamID]?.stream = stream
    if old.activity != .running {
      entries[streamID]?.activity = .waiting
      return mayRun ? run(streamID) : nil
    }
    // Its limits change with its demand, at once; a pipeline that has not begun begins with them.
    if old.applied != nil { entries[streamID]?.applied = AppliedSpecs(stream) }
    let demand = demand(for: stream)
    return demand == self.demand(for: old.stream)
      ? nil : .setDemand(streamID: streamID, demand)
  }

  private mutating func run(_ streamID: Int64) -> Action? {
    guard let stream = entries[streamID]?.stream else { return nil }
    entries[streamID]?.activity = .running
    entries[streamID]?.status = stream.starting
    return .run(stream, demand(for: stream))
  }

  private mutating func forgetOldGenerations() {
    guard seen.count > Limits.rememberedStreams + entries.count else { return }
    seen = seen.filter { entries[$0.key] != nil }
  }

  // MARK: The lease

  /// A controller has heard the worker, and takes it for alive at least until `end`.
  mutating func extendLease(until end: Instant, at now: Instant) -> [Action] {
    leaseEnd = max(leaseEnd ?? end, end)
    guard hasLease(at: now) else { return [] }
    return entries.filter { $0.value.activity == .waiting }.keys.sorted().compactMap { run($0) }
  }

  /// Stops what may not run without a lease if there is none.
  mutating func checkLease(at now: Instant) -> [Action] {
    guard !hasLease(at: now) else { return [] }
    let lapsed = entries.filter {
      $0.value.activity == .running && $0.value.stream.stopsWithoutLease
    }
    .keys.sorted()
    if lapsed.isEmpty { return [] }
    for streamID in lapsed {
      entries[streamID]?.activity = .lapsed
      entries[streamID]?.applied = nil
    }
    return lapsed.map { .stop(streamID: $0) } + [.reconnect]
  }

  /// When the lease has to be looked at; nil: nothing that runs needs one.
  var leaseDeadline: Instant? {
    entries.contains { $0.value.activity == .running && $0.value.stream.stopsWithoutLease }
      ? leaseEnd : nil
  }

  private func hasLease(at now: Instant) -> Bool {
    leaseEnd.map { now < $0 } ?? false
  }

  // MARK: Demand

  /// Follows the demand set of a controller.
  mutating func follow(
    _ set: ControllerMessage.DemandSet, from controller: ControllerAddress
  ) -> [Action] {
    guard set.revision > wanted[controller]?.revision ?? 0 else { return [] }
    wanted[controller] = Wanted(
      revision: set.revision,
      demands: Dictionary(
        set.streams.map { ($0.streamID, $0.demand) }, uniquingKeysWith: { $0.union($1) }))
    return mergeDemands()
  }

  /// A controller has not said for a while that somebody watches, or is none any more.
  mutating func endDemand(of controller: ControllerAddress) -> [Action] {
    wanted[controller] = nil
    return mergeDemands()
  }

  private mutating func mergeDemands() -> [Action] {
    let old = demands
    demands = wanted.values.reduce(into: [:]) { merged, wanted in
      merged.merge(wanted.demands) { $0.union($1) }
    }
    return entries.values.filter { $0.activity == .running }.map(\.stream)
      .sorted { $0.streamID < $1.streamID }.compactMap { stream in
        let demand = demand(for: stream)
        guard demand != stream.limited(old[stream.streamID]) else { return nil }
        return .setDemand(streamID: stream.streamID, demand)
      }
  }

  private func demand(for stream: DesiredStream) -> FrameDemand? {
    stream.limited(demands[stream.streamID])
  }

  /// Whether a controller wants frames of a stream.
  func wants(_ streamID: Int64, for controller: ControllerAddress) -> Bool {
    wanted[controller]?.demands[streamID] != nil
  }

  /// Whether a controller wants frames of a stream that runs.
  func hasDemand(of controller: ControllerAddress) -> Bool {
    wanted[controller]?.demands.keys.contains { entries[$0]?.activity == .running } ?? false
  }

  // MARK: Status

  /// The controllers do not know this worker any more: others run its streams. Generations stay known
  /// for as long as the epoch.
  mutating func dismissed() -> [Action] {
    wanted = [:]
    demands = [:]
    leaseEnd = nil
    // It may join a cluster that was made anew.
    version = .none
    defer { entries = [:] }
    return entries.filter { $0.value.activity == .running }.keys.sorted()
      .map { .stop(streamID: $0) }
  }

  /// The pipeline of a stream has begun; whatever it comes to, it follows these specs.
  mutating func began(_ stream: DesiredStream) {
    guard let entry = entries[stream.streamID], entry.activity == .running,
      entry.stream.isSamePipeline(as: stream)
    else { return }
    entries[stream.streamID]?.applied = AppliedSpecs(entry.stream)
  }

  /// Takes the status of a pipeline.
  mutating func update(_ status: StreamStatus) -> Urgency {
    guard let old = entries[status.streamID], old.activity == .running,
      old.stream.generation == status.generation
    else { return .never }
    entries[status.streamID]?.status = status
    let isSame = old.status.phase == status.phase && old.status.fault == status.fault
    return isSame ? .regular : .soon
  }

  /// The status of all streams, by id.
  var statuses: [StreamStatus] {
    entries.values
      .map { entry in
        shown(entry).applying(
          specGeneration: entry.applied?.stream, cameraGeneration: entry.applied?.camera)
      }
      .sorted { $0.streamID < $1.streamID }
  }

  private func shown(_ entry: Entry) -> StreamStatus {
    let message =
      switch entry.activity {
      case .running: nil as String?
      case .waiting: "waits until a controller confirms that this worker is heard"
      case .lapsed: "stopped, because no controller was heard for too long (on_partition: stop)"
      }
    guard let message else { return entry.status }
    return StreamStatus(
      streamID: entry.stream.streamID, generation: entry.stream.generation, phase: .stopped,
      message: message)
  }

  /// What runs or shall run, and what is still open of what shall not, by id: for hello and status. A
  /// camera's connection is open until its pipeline has ended.
  func running(open: [WorkerMessage.RunningStream]) -> [WorkerMessage.RunningStream] {
    let wanted = entries.values.filter { $0.activity == .running }.map {
      WorkerMessage.RunningStream(
        streamID: $0.stream.streamID, generation: $0.stream.generation)
    }
    let stopping = open.filter { entries[$0.streamID]?.activity != .running }
    return (wanted + stopping).sorted { $0.streamID < $1.streamID }
  }

  /// The generation that runs of a stream; frames of another one are not sent.
  func generation(of streamID: Int64) -> Int64? {
    entries[streamID]?.stream.generation
  }
}

extension DesiredStream {
  /// Whether a pipeline of this one can go on for the other one.
  fileprivate func isSamePipeline(as other: DesiredStream) -> Bool {
    generation == other.generation && cameraSpec == other.cameraSpec && password == other.password
  }

  /// Its status before its pipeline says anything.
  fileprivate var starting: StreamStatus {
    StreamStatus(
      streamID: streamID, generation: generation, phase: .connecting, message: "starting")
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
