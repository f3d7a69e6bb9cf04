import ArgumentParser
import AspenModel

/// `aspen diff -f FILE`
struct DiffCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what 'apply' would change.",
    discussion: """
      Exit status: 0 nothing is different, 1 something is, 2 the files or the command are wrong, \
      also in the controller's eyes; the others are those of every command.
      """)

  @OptionGroup var files: ManifestOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws { try files.requireFile() }

  func run(in context: CommandContext) async throws {
    let request = ManifestRequest(
      documents: try ManifestFiles.requiredDocuments(files.paths, in: context))
    var hasChanges = false
    do {
      try await Session.run(options, in: context) { session in
        let answer = try await request.send("/v1/apply", isDryRun: true, session)
        let report = try session.report(answer, ApplyReport.init)
        hasChanges = report.hasChanges
        if session.format == .table {
          context.write(report.diff)
        } else {
          session.printDocument(answer)
        }
      }
    } catch let error as CommandError where error.status == .refused {
      // 1 says that something is different.
      throw CommandError(.usage, lines: error.lines)
    }
    if hasChanges { throw CommandError.silent(.refused) }
  }
}
