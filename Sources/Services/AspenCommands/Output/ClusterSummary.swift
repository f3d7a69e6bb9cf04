import AspenModel

/// What `aspen status` says.
struct ClusterSummary: Sendable {
  /// A camera that does not stream.
  struct Outage: Sendable, Hashable {
    let camera: String
    let phase: String
    let why: String
  }

  private let server: String
  private let counts: [(noun: String, total: Int, phases: [(name: String, count: Int)])]
  private let streamCount: Int64
  private let capacity: Int64
  let outages: [Outage]

  init(server: String, cameras: [JSONValue], streams: [JSONValue], workers: [JSONValue]) {
    self.server = server
    counts = [("cameras", cameras), ("streams", streams), ("workers", workers)].map { noun, items in
      (noun, items.count, Self.phases(items))
    }
    let ready = workers.filter { $0["status"]?["phase"]?.text == "ready" }
    streamCount = ready.reduce(0) { $0 + ($1["status"]?["streams"]?.wholeNumber ?? 0) }
    capacity = ready.reduce(0) { $0 + ($1["status"]?["capacity_streams"]?.wholeNumber ?? 0) }
    outages = cameras.map { ResourceRow(json: $0, now: 0) }
      .filter { $0.value("status", "phase")?.text != "streaming" }
      .map { Outage(camera: $0.name, phase: $0.cell($0.value("status", "phase")), why: $0.why) }
      .sorted { $0.camera < $1.camera }
  }

  var text: String {
    var table = TextTable(header: ["", "", ""])
    table.add(["controller", server, "ready"])
    for (noun, total, phases) in counts {
      var words = phases.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
      if noun == "workers", capacity > 0 { words += ", \(streamCount) of \(capacity) places taken" }
      table.add([noun, String(total), words])
    }
    var text = table.text(showsHeader: false)
    if !outages.isEmpty {
      var table = TextTable(header: ["NOT STREAMING", "PHASE", "REASON"])
      for outage in outages { table.add([outage.camera, outage.phase, outage.why]) }
      text += "\n" + table.text()
    }
    return text
  }

  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("server", .string(server)), .init("ready", true)]
    for (noun, total, phases) in counts {
      members.append(
        .init(
          noun,
          .object(
            [.init("total", .integer(Int64(total)))]
              + phases.map { .init($0.name, .integer(Int64($0.count))) })))
    }
    members.append(
      .init(
        "capacity",
        ["streams": .integer(streamCount), "capacity_streams": .integer(capacity)]))
    members.append(
      .init(
        "not_streaming",
        .array(
          outages.map {
            ["camera": .string($0.camera), "phase": .string($0.phase), "reason": .string($0.why)]
          })))
    return .object(members)
  }

  private static func phases(_ items: [JSONValue]) -> [(name: String, count: Int)] {
    var counts: [String: Int] = [:]
    for item in items { counts[item["status"]?["phase"]?.text ?? "unknown", default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { (name: $0.key, count: $0.value) }
  }
}
