import AspenModel

/// All streams at a moment; immutable, shared by all loops.
final class StreamDirectory: Sendable {
  /// Grows with every directory; a loop ignores a lower one.
  let revision: Int
  /// Grows only when ids, names or labels (their cameras' too) change: what a selection sees.
  let selectionRevision: Int
  private let streams: [HubStream]
  private let byID: [Int64: HubStream]
  private let byName: [String: HubStream]

  /// An empty directory.
  static let empty = StreamDirectory(revision: 0, selectionRevision: 0, streams: [])

  private init(revision: Int, selectionRevision: Int, streams: [HubStream]) {
    self.revision = revision
    self.selectionRevision = selectionRevision
    self.streams = streams
    byID = Dictionary(streams.map { ($0.id, $0) }) { first, _ in first }
    byName = Dictionary(streams.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The directory that follows this one.
  func successor(_ streams: [HubStream]) -> StreamDirectory {
    let sorted = streams.sorted { $0.id < $1.id }
    let isSameSelection = sorted.elementsEqual(self.streams) { new, old in
      new.id == old.id && new.name == old.name && new.labels == old.labels
        && new.cameraLabels == old.cameraLabels
    }
    return StreamDirectory(
      revision: revision + 1,
      selectionRevision: isSameSelection ? selectionRevision : selectionRevision + 1,
      streams: sorted)
  }

  /// The stream with this id.
  subscript(id: Int64) -> HubStream? { byID[id] }

  /// The streams that a viewer's selection means now, as far as it may watch them, by id.
  func selected(by selection: StreamSelection, within scopes: [LabelSelector]?) -> [HubStream] {
    let meant =
      switch selection {
      case .names(let names):
        Set(names).compactMap { byName[$0] }.sorted { $0.id < $1.id }
      case .id(let id): byID[id].map { [$0] } ?? []
      case .selector(let selector): streams.filter { selector.matches($0.labels) }
      }
    guard let scopes else { return meant }
    return meant.filter { stream in scopes.contains { $0.matches(stream.cameraLabels) } }
  }
}
