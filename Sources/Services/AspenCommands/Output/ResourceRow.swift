import AspenModel

/// One resource as its table shows it.
struct ResourceRow: Sendable {
  let json: JSONValue
  /// The time of printing, microseconds since 1970.
  let now: Int64

  /// The value at a path of member names.
  func value(_ path: String...) -> JSONValue? {
    path.reduce(Optional(json)) { value, name in value?[name] }
  }

  /// A value in a cell; `-` when it is not there.
  func cell(_ value: JSONValue?) -> String {
    switch value {
    case .none, .null: "-"
    case .string(let text): text.isEmpty ? "-" : text
    case .integer(let number): String(number)
    case .number(let number): TerminalText.number(number, digits: 2)
    case .bool(let flag): flag ? "yes" : "no"
    case .array(let elements):
      elements.isEmpty ? "-" : elements.map(cell).joined(separator: ",")
    case .object: TerminalText.labels(value)
    }
  }

  var name: String { cell(json["name"]) }
  var labels: String { TerminalText.labels(json["labels"]) }
  var age: String { TerminalText.age(json["created_at"]?.text, now: now) }

  /// The phase, and whether it is on its way out.
  var phase: String {
    cell(value("status", "phase")) + (json["deletion_requested_at"]?.text == nil ? "" : ",deleting")
  }

  /// Why a camera or stream is as it is: the fault and message, `-` while it streams.
  var reason: String {
    value("status", "phase")?.text == "streaming" ? "-" : why
  }

  /// The fault and message of a camera or stream, whole.
  var why: String {
    let fault = value("status", "fault")?.text
    let message = value("status", "message")?.text ?? ""
    if message.isEmpty { return fault ?? cell(value("status", "reason")) }
    guard let fault, !message.lowercased().hasPrefix(fault) else { return message }
    return "\(fault): \(message)"
  }

  /// `1280x720`, or `-` while it is not known.
  var size: String {
    guard let width = value("status", "width")?.wholeNumber,
      let height = value("status", "height")?.wholeNumber
    else { return "-" }
    return "\(width)x\(height)"
  }
}

/// A column of a table, or a line of a resource's details.
struct ResourceColumn: Sendable {
  let title: String
  /// Whether its cells are phases, which have colours.
  let isPhase: Bool
  let cell: @Sendable (ResourceRow) -> String

  init(
    _ title: String, isPhase: Bool = false, _ cell: @escaping @Sendable (ResourceRow) -> String
  ) {
    self.title = title
    self.isPhase = isPhase
    self.cell = cell
  }

  /// A column of the value at a path of member names.
  init(_ title: String, at path: [String]) {
    self.init(title) { row in
      row.cell(path.reduce(Optional(row.json)) { value, name in value?[name] })
    }
  }
}
