import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen stream add NAME --camera CAMERA`
struct StreamAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a stream of a camera.")

  @Argument(help: "The stream's name: a-z, 0-9, '-' and '.'.") var name: String
  @Option(help: ArgumentHelp("The camera; the one of the same name unless given."))
  var camera: String?
  @OptionGroup(title: "Stream") var stream: StreamOptions

  @Option(help: ArgumentHelp("Labels: site=yard,floor=2.", valueName: "labels"))
  var labels: LabelChanges?

  @Flag(help: "Add it without starting it.")
  var disabled = false

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try labels?.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    var spec = [JSONValue.Member("camera", .string(camera ?? name))] + stream.spec
    if disabled { spec.append(.init("enabled", false)) }
    let body = JSONValue.object(compacting: [
      ("name", .string(name)), ("labels", labels?.set.json), ("spec", .object(spec)),
    ])
    try await Session.run(options, in: context) { session in
      let created = try await session.client.resource(APIOperations.streamCreate, body: body)
      session.print(done: "stream \(name) added", created)
    }
  }
}
