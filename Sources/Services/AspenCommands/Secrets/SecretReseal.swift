import ArgumentParser
import AspenAPI
import AspenClient

/// `aspen secret reseal`
struct SecretReseal: Command {
  static let configuration = CommandConfiguration(
    commandName: "reseal",
    abstract: "Seal all camera passwords anew under the controller's first key.",
    discussion: """
      After a new key is put first into the key file and the controller is started again; the old \
      key may go once the operation has succeeded.
      """)

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let operation = try await session.client.create(APIOperations.secretReseal)
      let name = ResourceDocument(operation).name
      session.print(
        done: "operation \(name) has begun; see: aspen operation get \(name)", operation)
    }
  }
}
