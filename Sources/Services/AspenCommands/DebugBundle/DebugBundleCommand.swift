import ArgumentParser
import AspenClient
import AspenModel
import AspenRuntime

/// `aspen debug bundle`
struct DebugBundleCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Write what the controller says of itself into one archive, without secrets.")

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp("Where to; aspen-debug-TIME.tar unless given.", valueName: "path"),
    completion: .file())
  var file: String?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let bundle = try await DebugCollector(client: session.client).collect()
      let time = Timestamp(microseconds: context.now())
      let readme = bundle.contents(
        server: session.client.address, client: ProgramVersion.current, at: time)
      let stamp = time.text.prefix(19).filter { $0 != "-" && $0 != ":" }
      let path = file ?? "aspen-debug-\(stamp)Z.tar"
      let bytes = bundle.archive(readme: readme, at: time)
      do throws(RuntimeError) {
        try ProtectedFile.write(bytes, to: path)
      } catch {
        throw CommandError(error)
      }
      session.print(
        done: "\(path): \(bytes.count) bytes\n\n\(readme.dropLast())",
        [
          "file": .string(path), "bytes": .integer(Int64(bytes.count)),
          "contains": .array(bundle.files.map { .string($0.name) }),
          "lacks": .array(
            bundle.gaps.map { ["name": .string($0.name), "reason": .string($0.reason)] }),
        ])
    }
  }
}
