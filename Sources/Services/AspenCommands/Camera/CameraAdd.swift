import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen camera add NAME ADDRESS`
struct CameraAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a camera and a stream of the same name.",
    discussion: """
      aspen camera add yard rtsp://10.0.0.7/stream1 --username admin --password-stdin < password
      aspen camera add test --file clip.mp4
      """,
    aliases: ["create"])

  @Argument(help: "The camera's name: a-z, 0-9, '-' and '.'.") var name: String
  @Argument(help: "rtsp://[USER:PASSWORD@]HOST[:PORT]/PATH") var address: String?
  @OptionGroup(title: "Camera") var camera: CameraOptions
  @OptionGroup(title: "Stream") var stream: StreamOptions
  @OptionGroup var metadata: MetadataOptions

  @Flag(help: "Add the camera alone, without a stream.")
  var noStream = false

  @OptionGroup var creation: CreateOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if address == nil, camera.file == nil {
      throw ArgumentParser.ValidationError("Give the camera's address, or --file.")
    }
    if noStream, !stream.spec.isEmpty {
      throw ArgumentParser.ValidationError(
        "--max-fps, --require and the like describe the stream that --no-stream leaves out.")
    }
    try metadata.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    let spec = try camera.spec(address: address, in: context)
    try await Session.run(options, in: context) { session in
      let hasOwnStream = !stream.spec.isEmpty
      let isAlone = noStream || hasOwnStream
      let created = try await session.client.create(
        APIOperations.cameraCreate,
        query: (isAlone ? [(name: "default_stream", value: "false")] : []) + creation.query,
        body: .object(
          compacting: [("name", .string(name))] + metadata.created + [("spec", .object(spec))]))
      // Without the camera the controller cannot check its stream: a dry run ends here.
      if hasOwnStream, !creation.dryRun { try await addStream(session) }
      session.print(done: creation.words("camera \(name) added"), created)
    }
  }

  /// Adds the described stream. If the controller refuses it, the camera goes too: the command has
  /// done everything or nothing.
  private func addStream(_ session: Session) async throws {
    let spec = JSONValue.object([.init("camera", .string(name))] + stream.spec)
    do throws(ClientError) {
      _ = try await session.client.create(
        APIOperations.streamCreate,
        body: .object(
          compacting: [("name", .string(name))] + metadata.created + [("spec", spec)]))
    } catch {
      _ = try? await session.client.delete(APIOperations.cameraDelete, name)
      throw error
    }
  }
}
