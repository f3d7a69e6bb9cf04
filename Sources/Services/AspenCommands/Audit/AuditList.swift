import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen audit list`
struct AuditList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the newest entries of the audit.",
    discussion: "aspen audit list --kind camera --name yard --since 24h", aliases: ["ls"])

  @OptionGroup(title: "Entries") var audit: AuditOptions

  @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
  var limit = 100

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if limit < 1 { throw ArgumentParser.ValidationError("--limit must be at least 1.") }
  }

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let entries = try await session.client.list(
        APIOperations.auditEntryList, query: audit.query(now: context.now()), limit: limit)
      guard session.format == .table else { return session.printer.printDocument(list: entries) }
      if entries.isEmpty { return context.writeError("there is no such entry") }
      session.printer.print(Self.table(of: entries, isWide: session.printer.choice == .wide))
    }
  }

  private static func table(of entries: [JSONValue], isWide: Bool) -> TextTable {
    let wide = isWide ? ["ADDRESS", "REQUEST"] : []
    var table = TextTable(
      header: ["TIME", "ACTOR", "OPERATION", "OBJECT", "OUTCOME", "CHANGED"] + wide)
    for json in entries {
      let entry = AuditEntryText(json)
      table.add(
        [entry.time, entry.actor, entry.operation, entry.object, entry.outcome, entry.changed]
          + (isWide ? [entry.address, entry.requestID] : []))
    }
    return table
  }
}
