import ArgumentParser
import AspenModel

/// `aspen apply -f FILE`
struct ApplyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make the cluster what files describe.",
    discussion: """
      A file has documents of YAML or JSON with kind, name, labels, annotations and spec; what \
      'get -o yaml' prints is one too. All of them are applied or, if one is wrong, none. One \
      request takes 1,000 documents.
      """)

  @OptionGroup var files: ManifestOptions

  @Flag(help: "Say what would change, and change nothing.") var dryRun = false

  @OptionGroup var options: ControllerOptions

  func validate() throws { try files.requireFile() }

  func run(in context: CommandContext) async throws {
    let request = ManifestRequest(
      documents: try ManifestFiles.requiredDocuments(files.paths, in: context))
    try await Session.run(options, in: context) { session in
      let answer = try await request.send("/v1/apply", isDryRun: dryRun, session)
      let report = try session.report(answer, ApplyReport.init)
      if session.printer.choice == .name {
        context.write(report.names)
      } else if session.format == .table {
        context.write(report.text(isDryRun: dryRun))
      } else {
        session.printDocument(answer)
      }
    }
  }
}

/// The files that `apply`, `diff` and `plan` take.
struct ManifestOptions: ParsableArguments {
  @Option(
    name: [.customShort("f"), .customLong("file")],
    help: ArgumentHelp(
      "A file, a directory of .yaml and .json files, or - for standard input.", valueName: "path"),
    completion: .file())
  var paths: [String] = []

  func requireFile() throws {
    if paths.isEmpty { throw ArgumentParser.ValidationError("Name a file by -f, or - for stdin.") }
  }
}
