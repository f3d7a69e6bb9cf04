import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen stream update NAME`
struct StreamUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a stream; what is not named stays as it is.")

  @Argument(help: "The stream's name.") var name: String
  @OptionGroup(title: "Stream") var stream: StreamOptions

  @Option(help: ArgumentHelp("Take the video of another camera."))
  var camera: String?

  @Flag(help: "Start the stream.") var enable = false
  @Flag(help: "Stop the stream.") var disable = false
  @Flag(help: "Give frames at the camera's own rate and width, on any worker.") var unlimited =
    false

  @Option(help: ArgumentHelp("Labels: site=yard sets, floor- removes.", valueName: "labels"))
  var labels: LabelChanges?

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if enable, disable {
      throw ArgumentParser.ValidationError("--enable and --disable exclude each other.")
    }
    if patch.isEmpty, labels == nil {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let body = JSONValue.object(compacting: [
      ("labels", labels?.patch), ("spec", patch.isEmpty ? nil : .object(patch)),
    ])
    try await Session.run(options, in: context) { session in
      let updated = try await session.client.resource(
        APIOperations.streamUpdate, name, body: body)
      session.print(done: "stream \(name) updated", updated)
    }
  }

  /// The merge patch of the spec.
  private var patch: [JSONValue.Member] {
    var members = stream.spec
    if let camera { members.append(.init("camera", .string(camera))) }
    if enable || disable { members.append(.init("enabled", .bool(enable))) }
    if unlimited {
      for name in ["max_fps", "max_width", "require"]
      where !members.contains(where: { $0.name == name }) {
        members.append(.init(name, .null))
      }
    }
    return members
  }
}
