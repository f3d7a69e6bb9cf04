import ArgumentParser
import AspenClient
import AspenModel

/// `aspen history KIND NAME`
struct HistoryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show who changed what of a resource, and when.",
    discussion: "The controller keeps the newest 100 changes of each resource.")

  @Argument(help: ArgumentHelp("camera, stream, worker, site, …", valueName: "kind"))
  var kind: KindArgument

  @Argument(help: "Its name.", completion: .namesOfKind) var name: String

  @Option(help: "Show at most so many changes.") var limit: Int = 100

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if limit < 1 { throw ArgumentParser.ValidationError("--limit must be at least 1.") }
  }

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      // One more, so that the oldest one shown can be compared too.
      let listing = try await session.client.listing(
        ControllerClient.path(of: kind.kind, name, "history"), maxItems: limit + 1)
      let history = HistoryList(listing.items, isComplete: listing.isComplete)
      let shown = history.first(limit)
      if session.format == .table {
        context.write(shown.text(now: context.now()))
      } else {
        session.printDocument(shown.json)
      }
    }
  }
}

extension HistoryList {
  /// The newest entries.
  func first(_ count: Int) -> HistoryList { HistoryList(entries: Array(entries.prefix(count))) }

  private init(entries: [Entry]) { self.entries = entries }
}
