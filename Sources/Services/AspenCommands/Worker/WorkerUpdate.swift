import ArgumentParser
import AspenModel

/// `aspen worker update NAME`
struct WorkerUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a worker's labels, or keep new streams away from it.")

  @Argument(help: "The worker's name.", completion: .names(of: "workers")) var name: String
  @Flag(help: "Place no new streams on it.") var cordon = false
  @Flag(help: "Place streams on it again.") var uncordon = false
  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if cordon, uncordon {
      throw ArgumentParser.ValidationError("--cordon and --uncordon exclude each other.")
    }
    if !cordon, !uncordon, metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let spec: JSONValue? = cordon || uncordon ? ["cordoned": .bool(cordon)] : nil
    let patch = JSONValue.object(compacting: metadata.patch + [("spec", spec)])
    try await ResourceCommands.worker.runUpdate(name, patch: patch, change, options, in: context)
  }
}
