import ArgumentParser
import AspenClient
import AspenModel

/// `aspen top workers|streams|cameras`
struct TopCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "Show load, frames, viewers and reconnects, greatest first.")

  @Argument(help: "What to show.") var kind: TopTable.Kind

  @Option(
    help: ArgumentHelp(
      "The column to sort by; load or viewers unless given.",
      valueName: "column"))
  var sort: String?

  @OptionGroup var selection: SelectorOptions

  @Flag(name: [.customShort("w"), .long], help: "Show it again and again.") var watch = false

  @Option(help: ArgumentHelp("The pause between two looks: 2s.", valueName: "span"))
  var interval = SpanArgument(seconds: 2)

  @Option(help: "End after so many looks.") var count: Int?

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    let columns = TopTable.columns(kind).map { $0.lowercased() }
    if let sort, !columns.contains(sort.lowercased()) {
      throw ArgumentParser.ValidationError(
        "--sort takes one of: \(columns.joined(separator: ", ")).")
    }
    if let count, count < 1 { throw ArgumentParser.ValidationError("--count must be at least 1.") }
  }

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      show(try await table(session), session)
      var left = watch ? count.map { $0 - 1 } : 0
      while left != 0 {
        try await Task.sleep(for: .seconds(interval.seconds))
        do throws(ClientError) {
          show(try await table(session), session)
          left = left.map { $0 - 1 }
        } catch {
          guard let reason = error.passingReason else { throw error }
          session.note("\(reason); looking again")
        }
      }
    }
  }

  private func table(_ session: Session) async throws(ClientError) -> TopTable {
    let query = selection.selector.map { [(name: "selector", value: $0)] } ?? []
    let path = "/v1/\(kind.rawValue)"
    let resources =
      kind == .streams ? [] : try await session.client.listing(path, query: query).items
    // A selector of workers or cameras says nothing of their streams.
    let streams = try await session.client.listing(
      ControllerClient.path(of: .stream), query: kind == .streams ? query : []
    ).items
    return TopTable(
      kind, resources, streams: streams, sortedBy: sort ?? TopTable.defaultColumn(kind))
  }

  private func show(_ table: TopTable, _ session: Session) {
    guard session.format == .table else { return session.printDocument(table.json) }
    // On a terminal the table stays where it is: home, and no rest of the one before.
    let isRedrawn = watch && session.context.terminal.isOutput
    if isRedrawn { session.context.write("\u{1B}[H\u{1B}[2J") }
    session.printer.print(table.table)
    if watch, !isRedrawn { session.context.write("\n") }
  }
}

extension TopTable.Kind: ExpressibleByArgument {}
