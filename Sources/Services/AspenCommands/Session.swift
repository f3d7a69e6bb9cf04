import AspenClient
import AspenCrypto
import AspenModel
import AspenNet

/// One command's conversation with the controller, and how it prints what it learns.
struct Session {
  let client: ControllerClient
  let context: CommandContext
  let settings: ClientSettings
  let printer: Printer
  private let mayAsk: Bool

  /// Lines for people, or a document.
  var format: OutputFormat { printer.format }

  /// Runs `body` with a client that is closed afterwards; its errors become those of a command, with
  /// what to do about them.
  static func run(
    _ options: ControllerOptions, in context: CommandContext,
    _ body: (Session) async throws -> Void
  ) async throws {
    let settings = try ClientSettings(options.connection, environment: context.environment)
    for warning in settings.warnings { context.writeError("aspen: warning: \(warning)") }
    try await converse(settings, in: context) { client in
      try await body(
        Session(
          client: client, context: context, settings: settings,
          printer: Printer(options.output, in: context),
          mayAsk: context.terminal.isInteractive && !options.noInput))
    }
  }

  /// Runs `body` with a client; its errors become those of a command, with what to do about them.
  static func converse(
    _ settings: ClientSettings, in context: CommandContext,
    _ body: (ControllerClient) async throws -> Void
  ) async throws {
    try await withClient(of: settings) { client in
      let advice = ErrorAdvice(client: client, settings: settings)
      defer { if let warning = advice.versionWarning { context.writeError(warning) } }
      do {
        try await body(client)
      } catch let error as ClientError {
        throw await advice.error(for: error)
      }
    }
  }

  /// Runs `body` with a client for a controller, on an event loop of its own.
  static func withClient(
    of settings: ClientSettings, timeout: Duration = .seconds(30),
    _ body: (ControllerClient) async throws -> Void
  ) async throws {
    let loop: EventLoop
    do throws(NetError) {
      loop = try EventLoop(name: "client")
    } catch {
      throw CommandError(.refused, error.description)
    }
    defer { loop.stop() }
    let client: ControllerClient
    do throws(ClientError) {
      client = try ControllerClient(
        address: settings.server, credential: settings.credential,
        trust: settings.ca.map { TLSTrust.file($0) } ?? .system, loops: [loop], timeout: timeout)
    } catch {
      throw CommandError(error, server: settings.server)
    }
    try await body(client)
  }

  /// Asks on a terminal whether to go on; throws unless the answer is yes. Programs and --no-input
  /// are not asked.
  func confirm(_ question: String) throws {
    guard mayAsk else { return }
    let answer = context.terminal.ask("\(TerminalText.line(question)) Type yes to go on: ")
    guard answer == "yes" else { throw CommandError(.refused, "nothing is done") }
  }

  /// Tells a person what goes on, beside what is printed.
  func note(_ text: String) {
    context.writeError("aspen: " + TerminalText.line(text))
  }

  /// Prints one resource.
  func print(_ resource: JSONValue, as kind: ResourceCommands) {
    printer.print(resource, as: kind)
  }

  /// Prints a list, sorted by the first column.
  func print(list resources: [JSONValue], as kind: ResourceCommands) {
    printer.print(list: resources, as: kind)
  }

  /// Prints what was done: a line for people, the resource for programs.
  func print(done words: String, _ resource: JSONValue) {
    printer.print(done: words, resource)
  }

  /// Prints a document as JSON or YAML.
  func printDocument(_ document: JSONValue) {
    printer.printDocument(document)
  }
}
