import AspenClient
import AspenModel

/// Prints what a command has learned, as `-o` says.
struct Printer: Sendable {
  let choice: OutputChoice
  private let style: TextTable.Style
  private let isOnTerminal: Bool
  private let context: CommandContext

  init(_ options: OutputOptions, in context: CommandContext) {
    choice = options.choice
    self.context = context
    isOnTerminal = context.terminal.isOutput
    style = TextTable.Style(
      showsHeader: !options.noHeaders,
      columns: options.choice == .wide ? nil : context.terminal.columns,
      hasColours: Self.hasColours(options.color, context))
  }

  var format: OutputFormat { choice.format }

  /// Prints a table, cut to the terminal and in its colours. `showsHeader` false leaves the titles out
  /// in any case.
  func print(_ table: TextTable, showsHeader: Bool = true) {
    var style = style
    style.showsHeader = style.showsHeader && showsHeader
    context.write(table.text(style))
  }

  /// Prints one resource.
  func print(_ resource: JSONValue, as kind: ResourceCommands) {
    if choice == .name { return printName(resource, kind) }
    guard format == .table else { return printDocument(resource) }
    let row = ResourceRow(json: resource, now: context.now())
    var table = TextTable(header: ["", ""])
    for detail in kind.details {
      let cell = detail.cell(row)
      if cell != "-" { table.add([detail.title + ":", cell], phase: detail.isPhase ? 1 : nil) }
    }
    // A reason is read whole here.
    var style = style
    style.showsHeader = false
    style.columns = nil
    context.write(table.text(style))
  }

  /// Prints a list, sorted by the first column unless the controller has sorted it.
  func print(
    list resources: [JSONValue], as kind: ResourceCommands, fields: FieldPaths? = nil,
    isSorted: Bool = false
  ) {
    let now = context.now()
    let columns = fields?.columns ?? kind.columns + (choice == .wide ? kind.wideColumns : [])
    var rows = resources.map { json in
      let row = ResourceRow(json: json, now: now)
      return (json: json, cells: columns.map { $0.cell(row) })
    }
    if !isSorted { rows.sort { $0.cells[0] < $1.cells[0] } }
    if choice == .name {
      for row in rows { printName(row.json, kind) }
      return
    }
    guard format == .table else { return printDocument(list: rows.map(\.json)) }
    if rows.isEmpty { return context.writeError("there is no \(kind.noun)") }
    var table = TextTable(header: columns.map(\.title))
    let phase = columns.firstIndex { $0.isPhase }
    for row in rows { table.add(row.cells, phase: phase) }
    print(table)
  }

  /// Prints what was done: a line for people, the resource for programs.
  func print(done words: String, _ resource: JSONValue) {
    if choice == .name, let kind = resource["kind"]?.text {
      context.write("\(kind)/\(ResourceDocument(resource).name)\n")
    } else if format == .table {
      context.write(words + "\n")
    } else {
      printDocument(resource)
    }
  }

  /// Prints a document as JSON or YAML, or what a template takes from it.
  func printDocument(_ document: JSONValue) {
    switch choice {
    case .yaml: context.write(YAMLText.write(document))
    case .jsonPath(let path):
      // As with kubectl nothing is added for scripts; on a terminal the prompt needs a line.
      context.write(path.text(of: document) + (isOnTerminal ? "\n" : ""))
    default: context.write(document.prettyPrinted + "\n")
    }
  }

  /// Prints a list as a document; a template sees it as `{"items":[…]}`, as the API sends it.
  func printDocument(list: [JSONValue]) {
    if case .jsonPath = choice {
      printDocument(["items": .array(list)])
    } else {
      printDocument(.array(list))
    }
  }

  private func printName(_ resource: JSONValue, _ kind: ResourceCommands) {
    let word = resource["kind"]?.text ?? kind.noun.replacing(" ", with: "_")
    context.write("\(word)/\(ResourceDocument(resource).name)\n")
  }

  private static func hasColours(_ choice: ColourChoice, _ context: CommandContext) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto:
      context.terminal.isOutput && context.environment.filled("NO_COLOR") == nil
        && context.environment["TERM"] != "dumb"
    }
  }
}
