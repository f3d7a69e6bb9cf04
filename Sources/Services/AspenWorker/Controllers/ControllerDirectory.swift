import AspenWire

/// Which controllers a worker keeps connections to, decided from its configuration and from what
/// controllers say. Pure.
///
/// An address:
///
///     configured, or told of ──▶ wanted ──welcomed──▶ working
///                                  ▲  └─ the same controller works by another address: resting
///                                  └──── lost ◀──────┘
///
/// Configured addresses stay; others go when no working controller tells of them any more. While none
/// works, all that were told of last stay.
struct ControllerDirectory {
  /// What is to be done.
  enum Action: Hashable {
    /// Keep a connection to it from now on.
    case connect(ControllerAddress)
    /// Keep none any more.
    case disconnect(ControllerAddress, why: String)
  }

  private enum Limits {
    /// Each is a socket, a status every 2 s and a queue of frames.
    static let controllers = WireProtocol.maxControllers
  }

  private struct Known {
    var id: String?
    var isWorking = false
    /// What it told last, while it works.
    var told: [ControllerAddress] = []
  }

  private let configured: [ControllerAddress]
  private var known: [ControllerAddress: Known] = [:]
  /// What was told by controllers that worked, in their order.
  private var told: [ControllerAddress] = []
  private var connected: [ControllerAddress] = []

  /// Begins with the addresses of the configuration.
  init(configured: [ControllerAddress]) {
    self.configured = Array(configured.prefix(Limits.controllers))
  }

  /// Begins to connect.
  mutating func begin() -> [Action] {
    update()
  }

  /// A controller has welcomed the worker. `id` says which, `told` the addresses that it tells of.
  mutating func welcomed(
    by address: ControllerAddress, id: String?, told: [String]
  ) -> [Action] {
    guard connected.contains(address) else { return [] }
    if let id {
      // It has closed the older of two connections of this worker.
      let others = known.filter { $0.key != address && $0.value.id == id }.map(\.key)
      for other in others { known[other]?.isWorking = false }
    }
    known[address] = Known(id: id, isWorking: true, told: trusted(told))
    return update()
  }

  /// A controller tells of all controllers.
  mutating func told(_ addresses: [String], by address: ControllerAddress) -> [Action] {
    guard known[address]?.isWorking == true else { return [] }
    let told = trusted(addresses)
    known[address]?.told = told
    return update()
  }

  /// The connection to a controller has ended.
  mutating func lost(_ address: ControllerAddress) -> [Action] {
    known[address]?.isWorking = false
    return update()
  }

  /// Whether the worker works with any controller, or with any other than one.
  func works(besides address: ControllerAddress? = nil) -> Bool {
    known.contains { $0.key != address && $0.value.isWorking }
  }

  /// What the worker sends its credential to. None is sent in the clear because a controller said so.
  private func trusted(_ addresses: [String]) -> [ControllerAddress] {
    let needsTLS = configured.allSatisfy(\.isTLS)
    return addresses.prefix(Limits.controllers).compactMap { try? ControllerAddress($0) }
      .filter { $0.isTLS || !needsTLS }
  }

  private mutating func update() -> [Action] {
    // In the order of addresses, so that two tellers do not change places.
    let working = known.filter(\.value.isWorking).sorted { $0.key.text < $1.key.text }
    if !working.isEmpty { told = Self.distinct(working.flatMap(\.value.told)) }
    let wanted = Self.distinct(configured + told).prefix(Limits.controllers)
    let new = wanted.filter { !isResting($0) }
    defer {
      connected = new
      known = Dictionary(
        uniqueKeysWithValues: wanted.compactMap { address in
          known[address].map { (address, $0) }
        })
    }
    let gone = connected.filter { !new.contains($0) }.map { address in
      Action.disconnect(
        address,
        why: wanted.contains(address)
          ? "it is connected by another address" : "it is no controller any more")
    }
    return gone + new.filter { !connected.contains($0) }.map { .connect($0) }
  }

  /// Whether its controller works by another address.
  private func isResting(_ address: ControllerAddress) -> Bool {
    guard let known = known[address], let id = known.id, !known.isWorking else { return false }
    return self.known.contains { $0.key != address && $0.value.id == id && $0.value.isWorking }
  }

  private static func distinct(_ addresses: [ControllerAddress]) -> [ControllerAddress] {
    var seen: Set<ControllerAddress> = []
    return addresses.filter { seen.insert($0).inserted }
  }
}
