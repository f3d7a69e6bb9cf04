import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen camera update NAME`
struct CameraUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a camera; what is not named stays as it is.")

  @Argument(help: "The camera's name.") var name: String

  @Option(help: ArgumentHelp("Its new address.", valueName: "rtsp-url"))
  var address: String?

  @OptionGroup(title: "Camera") var camera: CameraOptions

  @Flag(help: "Forget the camera's user and password.")
  var noCredentials = false

  @Option(help: ArgumentHelp("Labels: site=yard sets, floor- removes.", valueName: "labels"))
  var labels: LabelChanges?

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if noCredentials, camera.username != nil || camera.passwordStdin {
      throw ArgumentParser.ValidationError(
        "--no-credentials goes without --username and --password-stdin.")
    }
    if address == nil, camera.username == nil, !camera.passwordStdin, camera.transport == nil,
      camera.file == nil, !noCredentials, labels == nil
    {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let spec = try patch(in: context)
    try await Session.run(options, in: context) { session in
      let updated = try await session.client.resource(
        APIOperations.cameraUpdate, name,
        body: .object(compacting: [
          ("labels", labels?.patch), ("spec", spec.isEmpty ? nil : .object(spec)),
        ]))
      session.print(done: "camera \(name) updated", updated)
    }
  }

  /// The merge patch of the spec: what belongs to the other type of source is taken out.
  private func patch(in context: CommandContext) throws -> [JSONValue.Member] {
    var members = try camera.spec(address: address, in: context)
    func remove(_ names: String...) {
      for name in names where !members.contains(where: { $0.name == name }) {
        members.append(.init(name, .null))
      }
    }
    if camera.file != nil {
      remove("address", "transport", "username", "password")
    } else if address != nil {
      remove("path")
    }
    if noCredentials { remove("username", "password") }
    return members
  }
}
