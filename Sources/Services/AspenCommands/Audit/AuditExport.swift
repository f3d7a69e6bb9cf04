import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen audit export`
struct AuditExport: Command {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write entries of the audit as JSON lines, the newest first, with before and after.",
    discussion: "aspen audit export --since 2026-01-01T00:00:00Z > audit.jsonl")

  @OptionGroup(title: "Entries") var audit: AuditOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func run(in context: CommandContext) async throws {
    let settings = try ClientSettings(connection, environment: context.environment)
    for warning in settings.warnings { context.writeError("aspen: warning: \(warning)") }
    try await Session.converse(settings, in: context) { client in
      // A page is written before the next is asked for, so that any number of entries fits.
      var pages = ListPages(
        client, APIOperations.auditEntryList, query: audit.query(now: context.now()))
      var count = 0
      while let page = try await pages.next() {
        context.write(page.map { $0.serializedText + "\n" }.joined())
        count += page.count
      }
      context.writeError("\(count) entries")
    }
  }
}
