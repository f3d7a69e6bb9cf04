import AspenModel
import AspenNet
import AspenStore
import Logging
import Synchronization

/// The controllers there are and which workers they hear, and this one among them.
///
/// Law of reconcilers: activated by a signal and by a period, idempotent, no retries of its own.
final class ControllerRoster: Sendable {
  /// A controller that was not seen for this long says nothing of its workers any more.
  static let freshness = Duration.seconds(2)

  private enum Limits {
    /// How often another process may have this one's name before this one takes a longer name: the time in
    /// which a dead one's row goes stale, and some.
    static let patience = 8
    /// The length of what is added to a name that another has.
    static let suffix = 6
  }

  private struct Shared {
    var name: ObjectName?
    var address: String?
    /// How often another process had the name.
    var refusals = 0
    /// What the database has.
    var written: [Int64]?
    var known: [String: Known] = [:]
    var readAt: ContinuousClock.Instant?
    /// When the database was last told that this controller lives; a moment before, for certainty.
    var seenAt: ContinuousClock.Instant?
    /// The others, as they were when `onChange` was called last.
    var told: [Other] = []
  }

  /// Another controller, as it was read last.
  struct Other: Sendable, Equatable {
    let name: ObjectName
    let address: String?
    /// The workers that are connected to it.
    let hears: Set<Int64>
    let isLeader: Bool
  }

  private struct Known {
    let other: Other
    let hearsVersion: Int64
    let unseenFor: Duration
  }

  /// Different for each process.
  let process: String
  private let store: Store
  private let registry: WorkerRegistry
  private let log: Logger
  private let clock = ContinuousClock()
  private let onChange: @Sendable () -> Void
  private let shared = Mutex(Shared())

  /// `onChange` is called, on any thread, when there are other controllers, or they hear other workers.
  init(
    process: String, store: Store, registry: WorkerRegistry, log: Logger,
    onChange: @escaping @Sendable () -> Void
  ) {
    self.process = process
    self.store = store
    self.registry = registry
    self.log = log
    self.onChange = onChange
  }

  /// This controller can be reached from now on; without an address only by who knows it otherwise.
  func announce(name: ObjectName, address: String?) {
    shared.withLock { shared in
      shared.name = name
      shared.address = address
    }
  }

  /// One pass: writes what is new of this controller, reads the others.
  func reconcile() async throws {
    guard let name = shared.withLock({ $0.name }) else { return }
    let begunAt = clock.now
    if try await !ControllerQueries.touch(store.pool, process: process) { try await add(name) }
    let hears = registry.readyWorkers
    if shared.withLock({ $0.written }) != hears {
      try await ControllerQueries.setHears(store.pool, process: process, workerIDs: hears)
      shared.withLock { $0.written = hears }
    }
    shared.withLock { $0.seenAt = begunAt }
    let known = shared.withLock { $0.known.mapValues(\.hearsVersion) }
    let records = try await ControllerQueries.roster(store.pool, knownHears: known)
    let isChanged = takeOver(records)
    for other in others {
      registry.heardElsewhere(other.hears, until: clock.now + Self.freshness)
    }
    if isChanged { onChange() }
  }

  /// Says goodbye to the other controllers.
  func leave() async {
    do {
      try await ControllerQueries.remove(store.pool, process: process)
    } catch {
      log.info("this controller's row is left", metadata: ["error": "\(error)"])
    }
  }

  /// Whether the other controllers know, for as long as this one counts as seen, that it hears the worker.
  func vouches(for workerID: Int64) -> Bool {
    let now = clock.now
    return shared.withLock { shared in
      guard let seenAt = shared.seenAt, now < seenAt + Self.freshness else { return false }
      return shared.written?.contains(workerID) ?? false
    }
  }

  /// The other controllers that were seen of late, by name.
  var others: [Other] {
    let now = clock.now
    return shared.withLock { others(in: $0, at: now) }
  }

  /// The addresses of the controllers that live, this one first.
  var addresses: [String] {
    let now = clock.now
    return shared.withLock { shared in
      [shared.address].compactMap(\.self) + others(in: shared, at: now).compactMap(\.address)
    }
  }

  private func others(in shared: Shared, at now: ContinuousClock.Instant) -> [Other] {
    guard let readAt = shared.readAt else { return [] }
    return shared.known.filter { process, known in
      process != self.process && known.unseenFor + (now - readAt) <= Self.freshness
    }.values.map(\.other).sorted { $0.name < $1.name }
  }

  /// Whether the others differ from those that `onChange` was called for last.
  private func takeOver(_ records: [ControllerRecord]) -> Bool {
    let now = clock.now
    return shared.withLock { shared in
      var known: [String: Known] = [:]
      for record in records {
        let hears =
          record.hears.map { Set($0) } ?? shared.known[record.process]?.other.hears ?? []
        known[record.process] = Known(
          other: Other(
            name: record.name, address: record.address, hears: hears,
            isLeader: record.epoch != nil),
          hearsVersion: record.hearsVersion, unseenFor: record.unseenFor)
      }
      shared.known = known
      shared.readAt = now
      let before = shared.told
      shared.told = others(in: shared, at: now)
      return shared.told != before
    }
  }

  private func add(_ name: ObjectName) async throws {
    let address = shared.withLock { shared in
      shared.written = []
      return shared.address
    }
    let isAdded = try await ControllerQueries.add(
      store.pool,
      NewController(
        process: process, name: name, address: address, version: ProgramVersion.current),
      freshness: Self.freshness)
    if !isAdded { try nameTaken(name) }
  }

  private func nameTaken(_ name: ObjectName) throws {
    let refusals = shared.withLock { shared in
      shared.refusals += 1
      return shared.refusals
    }
    guard refusals >= Limits.patience else { return }
    let longer = try ObjectName(
      name.text.prefix(63 - Limits.suffix - 1) + "-" + process.prefix(Limits.suffix))
    log.warning(
      "another controller has this one's name",
      metadata: ["name": "\(name)", "instead": "\(longer)"])
    shared.withLock { shared in
      shared.name = longer
      shared.refusals = 0
    }
  }
}
