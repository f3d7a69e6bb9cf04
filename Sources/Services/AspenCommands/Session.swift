import AspenClient
import AspenCrypto
import AspenModel
import AspenNet

/// One command's conversation with the controller, and how it prints what it learns.
struct Session {
  let client: ControllerClient
  let format: OutputFormat
  let context: CommandContext

  /// Runs `body` with a client that is closed afterwards; its errors become those of a command.
  static func run(
    _ options: ControllerOptions, in context: CommandContext,
    _ body: (Session) async throws -> Void
  ) async throws {
    let settings = try ClientSettings(options.connection, environment: context.environment)
    for warning in settings.warnings { context.writeError("aspen: warning: \(warning)") }
    let loop: EventLoop
    do throws(NetError) {
      loop = try EventLoop(name: "client")
    } catch {
      throw CommandError(.refused, error.description)
    }
    defer { loop.stop() }
    do {
      let client = try ControllerClient(
        address: settings.server, token: settings.token,
        trust: settings.ca.map { TLSTrust.file($0) } ?? .system, loops: [loop])
      try await body(Session(client: client, format: options.output.format, context: context))
    } catch let error as ClientError {
      throw CommandError(error, server: settings.server)
    }
  }

  /// Prints one resource.
  func print(_ resource: JSONValue, as kind: ResourceCommands) {
    guard format == .table else { return printDocument(resource) }
    let row = ResourceRow(json: resource, now: context.now())
    var table = TextTable(header: ["", ""])
    for detail in kind.details {
      let cell = detail.cell(row)
      if cell != "-" { table.add([detail.title + ":", cell]) }
    }
    context.write(table.text(showsHeader: false))
  }

  /// Prints a list, sorted by the first column.
  func print(list resources: [JSONValue], as kind: ResourceCommands) {
    let now = context.now()
    let rows = resources.map { json in
      let row = ResourceRow(json: json, now: now)
      return (json: json, cells: kind.columns.map { $0.cell(row) })
    }.sorted { $0.cells[0] < $1.cells[0] }
    guard format == .table else { return printDocument(.array(rows.map(\.json))) }
    if rows.isEmpty { return context.writeError("there is no \(kind.noun)") }
    var table = TextTable(header: kind.columns.map(\.title))
    for row in rows { table.add(row.cells) }
    context.write(table.text())
  }

  /// Prints what was done: a line for people, the resource for programs.
  func print(done words: String, _ resource: JSONValue) {
    if format == .table { context.write(words + "\n") } else { printDocument(resource) }
  }

  /// Prints a document as JSON or YAML.
  func printDocument(_ document: JSONValue) {
    context.write(
      format == .yaml ? YAMLText.write(document) : document.prettyPrinted + "\n")
  }
}
