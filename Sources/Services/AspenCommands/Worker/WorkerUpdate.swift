import ArgumentParser
import AspenModel

/// `aspen worker update NAME`
struct WorkerUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Change a worker's labels and limits, or keep new streams away from it.")

  @Argument(help: "The worker's name.", completion: .names(of: "workers")) var name: String
  @Flag(help: "Place no new streams on it.") var cordon = false
  @Flag(help: "Place streams on it again.") var uncordon = false

  @Option(
    help: ArgumentHelp(
      "How much CPU its streams may take together by estimate, in thousandths of a core; 0: no limit.",
      valueName: "millicores"))
  var cpuMillicores: Int64?

  @Option(
    name: .customLong("memory-mib"),
    help: ArgumentHelp(
      "How much memory its streams may take together by estimate; 0: no limit.",
      valueName: "mebibytes"))
  var memoryMiB: Int64?

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if cordon, uncordon {
      throw ArgumentParser.ValidationError("--cordon and --uncordon exclude each other.")
    }
    if spec.isEmpty, metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec.isEmpty ? nil : .object(spec))])
    try await ResourceCommands.worker.runUpdate(name, patch: patch, change, options, in: context)
  }

  /// The merge patch of the spec.
  private var spec: [JSONValue.Member] {
    let limit = { (value: Int64) -> JSONValue in value == 0 ? .null : .integer(value) }
    let members: [(String, JSONValue?)] = [
      ("cordoned", cordon || uncordon ? .bool(cordon) : nil),
      ("cpu_millicores", cpuMillicores.map(limit)), ("memory_mib", memoryMiB.map(limit)),
    ]
    return members.compactMap { name, value in value.map { .init(name, $0) } }
  }
}
