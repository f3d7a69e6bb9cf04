import AspenModel

/// The load of workers, streams or cameras, greatest first.
struct TopTable: Sendable {
  enum Kind: String, Sendable, CaseIterable { case workers, streams, cameras }

  /// One cell: what is shown and by what it is sorted.
  struct Cell: Sendable, Hashable {
    let text: String
    let number: Double?

    init(_ text: String) {
      self.text = text
      number = nil
    }

    init(_ number: Double?, digits: Int = 0, unit: String = "") {
      text = number.map { TerminalText.number($0, digits: digits) + unit } ?? "-"
      self.number = number
    }
  }

  let columns: [String]
  private(set) var rows: [[Cell]]

  /// The columns of a kind; the names that `--sort` takes are these in small letters.
  static func columns(_ kind: Kind) -> [String] {
    switch kind {
    case .workers: ["NAME", "PHASE", "STREAMS", "CAPACITY", "LOAD", "FPS", "VIEWERS", "RECONNECTS"]
    case .streams: ["NAME", "WORKER", "PHASE", "FPS", "VIEWERS", "FRAMES", "RECONNECTS"]
    case .cameras: ["NAME", "PHASE", "STREAMS", "FPS", "VIEWERS", "RECONNECTS"]
    }
  }

  /// The column that is sorted by unless another is named.
  static func defaultColumn(_ kind: Kind) -> String {
    switch kind {
    case .workers: "load"
    case .streams, .cameras: "viewers"
    }
  }

  /// A table of resources; `streams` are all there are, for the sums of workers and cameras.
  init(_ kind: Kind, _ resources: [JSONValue], streams: [JSONValue], sortedBy column: String) {
    columns = Self.columns(kind)
    switch kind {
    case .streams: rows = streams.map(Self.stream)
    case .workers:
      let sums = Self.sums(streams) { $0["status"]?["worker"]?.text }
      rows = resources.map { Self.worker($0, sums) }
    case .cameras:
      let sums = Self.sums(streams) { $0["spec"]?["camera"]?.text }
      rows = resources.map { Self.camera($0, sums) }
    }
    let index = columns.firstIndex(of: column.uppercased()) ?? 0
    rows.sort { left, right in
      switch (left[index].number, right[index].number) {
      case (let a?, let b?) where a != b: a > b
      case (_?, nil): true
      case (nil, _?): false
      case (nil, nil) where left[index].text != right[index].text:
        left[index].text < right[index].text
      default: left[0].text < right[0].text
      }
    }
  }

  var table: TextTable {
    var table = TextTable(header: columns)
    let phase = columns.firstIndex(of: "PHASE")
    for row in rows { table.add(row.map(\.text), phase: phase) }
    return table
  }

  var json: JSONValue {
    .array(
      rows.map { row in
        .object(
          zip(columns, row).map { title, cell in
            let value: JSONValue =
              cell.number.map { number in
                Int64(exactly: number).map { .integer($0) } ?? .number(number)
              } ?? (cell.text == "-" ? .null : .string(cell.text))
            return .init(title.lowercased(), value)
          })
      })
  }

  /// What the streams of one worker or camera add up to.
  private struct Sum {
    var streams = 0.0
    var framesPerSecond = 0.0
    var viewers = 0.0
    var reconnects = 0.0
  }

  private static func sums(
    _ streams: [JSONValue], by key: (JSONValue) -> String?
  ) -> [String: Sum] {
    var sums: [String: Sum] = [:]
    for stream in streams {
      guard let key = key(stream) else { continue }
      sums[key, default: Sum()].streams += 1
      sums[key, default: Sum()].framesPerSecond += number(stream, "source_fps") ?? 0
      sums[key, default: Sum()].viewers += number(stream, "viewers") ?? 0
      sums[key, default: Sum()].reconnects += number(stream, "reconnects") ?? 0
    }
    return sums
  }

  private static func number(_ resource: JSONValue, _ name: String) -> Double? {
    resource["status"]?[name]?.decimal
  }

  private static func cell(_ resource: JSONValue, _ path: String...) -> Cell {
    let row = ResourceRow(json: resource, now: 0)
    return Cell(row.cell(path.reduce(Optional(resource)) { $0?[$1] }))
  }

  private static func stream(_ stream: JSONValue) -> [Cell] {
    [
      cell(stream, "name"), cell(stream, "status", "worker"), cell(stream, "status", "phase"),
      Cell(number(stream, "source_fps"), digits: 1), Cell(number(stream, "viewers")),
      Cell(number(stream, "frames_encoded")), Cell(number(stream, "reconnects")),
    ]
  }

  private static func worker(_ worker: JSONValue, _ sums: [String: Sum]) -> [Cell] {
    let sum = worker["name"]?.text.flatMap { sums[$0] } ?? Sum()
    let streams = number(worker, "streams") ?? sum.streams
    let capacity = number(worker, "capacity_streams")
    let load = capacity.flatMap { $0 > 0 ? streams / $0 * 100 : nil }
    return [
      cell(worker, "name"), cell(worker, "status", "phase"), Cell(streams), Cell(capacity),
      Cell(load, unit: " %"), Cell(sum.framesPerSecond, digits: 1), Cell(sum.viewers),
      Cell(sum.reconnects),
    ]
  }

  private static func camera(_ camera: JSONValue, _ sums: [String: Sum]) -> [Cell] {
    let sum = camera["name"]?.text.flatMap { sums[$0] } ?? Sum()
    return [
      cell(camera, "name"), cell(camera, "status", "phase"), Cell(sum.streams),
      Cell(number(camera, "source_fps") ?? sum.framesPerSecond, digits: 1), Cell(sum.viewers),
      Cell(sum.reconnects),
    ]
  }
}
