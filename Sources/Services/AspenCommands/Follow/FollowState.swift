import AspenModel

/// Follows one kind of resource through lists, changes and lost connections.
///
/// ```
/// listing ── listed ── watching ─┬─ (lost) pause ── watching        from the last revision
///                                └─ (gone) listing                  what was missed is listed
/// ```
struct FollowState: Sendable {
  /// What the reader is told.
  enum Output: Sendable, Hashable {
    /// A resource as a list or a change shows it. `before` is what was known of it.
    case resource(type: String, revision: Int64, JSONValue, before: JSONValue?)
  }

  /// What follows an event of the watch.
  enum Action: Sendable, Hashable {
    case show(Output)
    case nothing
    /// The changes since the last revision are not kept any more.
    case listAgain
  }

  /// The most resources whose last state is kept to tell what changed; some KiB each.
  static let maxKnown = 10_000

  /// Changes up to here were shown or are no longer wanted; nil: begin now.
  private(set) var revision: Int64?
  private let name: String?
  private var known: [String: JSONValue] = [:]
  private var reconnection = Reconnection()

  /// Follows everything, or the resource `name`, from behind `revision`.
  init(name: String?, from revision: Int64?) {
    self.name = name
    self.revision = revision
  }

  /// A list has come. The first time it is the beginning; after a gap, what differs from what was
  /// known has changed meanwhile, and what is missing is deleted.
  mutating func listed(_ items: [JSONValue], at revision: Int64, isFirst: Bool) -> [Output] {
    let items = items.filter(isWanted)
    var outputs: [Output] = []
    let names = Set(items.map(Self.name))
    let gone = known.keys.filter { !names.contains($0) }.sorted()
    for name in gone {
      guard let before = known.removeValue(forKey: name) else { continue }
      outputs.append(.resource(type: "deleted", revision: revision, before, before: before))
    }
    for item in items {
      let before = remember(item)
      if isFirst || before == nil {
        outputs.append(
          .resource(
            type: isFirst ? "listed" : "created", revision: revision, item, before: nil))
      } else if before?["resource_version"] != item["resource_version"] {
        outputs.append(
          .resource(type: "updated", revision: revision, item, before: before))
      }
    }
    self.revision = revision
    return outputs
  }

  /// An event of the watch has come.
  mutating func received(_ event: JSONValue) -> Action {
    reconnection.received()
    let type = event["type"]?.text ?? ""
    if type == "gone" { return .listAgain }
    if let revision = event["revision"]?.wholeNumber {
      // What comes again after a new connection was shown already.
      if let last = self.revision, revision < last || revision == last && type != "bookmark" {
        return .nothing
      }
      self.revision = revision
    }
    guard ["created", "updated", "deleted"].contains(type), let object = event["object"],
      isWanted(object)
    else { return .nothing }
    let before = type == "deleted" ? known.removeValue(forKey: Self.name(object)) : remember(object)
    return .show(.resource(type: type, revision: revision ?? 0, object, before: before))
  }

  /// The connection is lost: the pause before the next one. `random` is between 0 and 1.
  mutating func lost(random: Double) -> Duration { reconnection.lost(random: random) }

  private func isWanted(_ resource: JSONValue) -> Bool {
    name.map { $0 == Self.name(resource) } ?? true
  }

  private mutating func remember(_ resource: JSONValue) -> JSONValue? {
    let name = Self.name(resource)
    let before = known[name]
    if before != nil || known.count < Self.maxKnown { known[name] = resource }
    return before
  }

  /// An assignment goes by its stream's name.
  static func name(_ resource: JSONValue) -> String {
    (resource["name"] ?? resource["stream"])?.text ?? ""
  }
}
