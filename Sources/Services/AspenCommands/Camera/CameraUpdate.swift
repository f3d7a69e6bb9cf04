import ArgumentParser
import AspenModel

/// `aspen camera update NAME`
struct CameraUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a camera; what is not named stays as it is.")

  @Argument(help: "The camera's name.", completion: .names(of: "cameras")) var name: String

  @Option(help: ArgumentHelp("Its new address.", valueName: "rtsp-url"))
  var address: String?

  @OptionGroup(title: "Camera") var camera: CameraOptions

  @Flag(help: "Forget the camera's user and password.")
  var noCredentials = false

  @Flag(help: "Take the camera out of its site.")
  var noSite = false

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if noCredentials, camera.username != nil || camera.passwordStdin {
      throw ArgumentParser.ValidationError(
        "--no-credentials goes without --username and --password-stdin.")
    }
    if noSite, camera.site != nil {
      throw ArgumentParser.ValidationError("--no-site goes without --site.")
    }
    if address == nil, camera.isEmpty, !noCredentials, !noSite, metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let spec = try patch(in: context)
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec.isEmpty ? nil : .object(spec))])
    try await ResourceCommands.camera.runUpdate(name, patch: patch, change, options, in: context)
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
      remove("address", "transport", "username", "password", "single_session")
    } else if address != nil {
      remove("path")
    }
    if noCredentials { remove("username", "password") }
    if noSite { remove("site") }
    return members
  }
}
