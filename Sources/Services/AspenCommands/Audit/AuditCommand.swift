import ArgumentParser

/// `aspen audit`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "The audit: who changed what, when and from where.",
    subcommands: [AuditList.self, AuditExport.self])
}
