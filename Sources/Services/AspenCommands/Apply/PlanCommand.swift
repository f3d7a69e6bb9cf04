import ArgumentParser
import AspenModel

/// `aspen plan [-f FILE]`
struct PlanCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show which streams would move and why, now or after applying files.",
    discussion: "Nothing is changed. Without -f it shows what the controller is about to do.")

  @OptionGroup var files: ManifestOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    let request = ManifestRequest(documents: try ManifestFiles.documents(files.paths, in: context))
    try await Session.run(options, in: context) { session in
      let answer = try await request.send("/v1/plan", session)
      let report = try session.report(answer, PlanReport.init)
      if session.format == .table {
        context.write(report.text)
      } else {
        session.printDocument(answer)
      }
    }
  }
}
