import ArgumentParser
import AspenModel

/// `aspen stream update NAME`
struct StreamUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a stream; what is not named stays as it is.")

  @Argument(help: "The stream's name.", completion: .names(of: "streams")) var name: String
  @OptionGroup(title: "Stream") var stream: StreamOptions

  @Option(help: "Take the video of another camera.", completion: .names(of: "cameras"))
  var camera: String?

  @Flag(help: "Start the stream.") var enable = false
  @Flag(help: "Stop the stream.") var disable = false

  @Flag(help: "Give frames at the camera's own rate and width, on any worker.")
  var unlimited = false

  @Flag(help: "Forget what it prefers and avoids.") var noWishes = false

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if enable, disable {
      throw ArgumentParser.ValidationError("--enable and --disable exclude each other.")
    }
    if spec.isEmpty, metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec.isEmpty ? nil : .object(spec))])
    try await ResourceCommands.stream.runUpdate(name, patch: patch, change, options, in: context)
  }

  /// The merge patch of the spec.
  private var spec: [JSONValue.Member] {
    var members = stream.spec
    if let camera { members.append(.init("camera", .string(camera))) }
    if enable || disable { members.append(.init("enabled", .bool(enable))) }
    let removed =
      (unlimited ? ["max_fps", "max_width", "require"] : [])
      + (noWishes ? ["prefer", "avoid"] : [])
    for name in removed {
      if !members.contains(where: { $0.name == name }) { members.append(.init(name, .null)) }
    }
    return members
  }
}
