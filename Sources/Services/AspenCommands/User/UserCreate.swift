import ArgumentParser
import AspenModel

/// `aspen user create NAME`
struct UserCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create a user; give access by role-binding create.",
    discussion: """
      aspen user create anna --display-name "Anna M."
      aspen role-binding create anna-operator --user anna --role operator
      """,
    aliases: ["add"])

  @Argument(help: "The user's name: a-z, 0-9, '-' and '.'.", completion: .list([])) var name: String

  @Option(help: ArgumentHelp("The user's name for people.", valueName: "text"))
  var displayName: String?

  @OptionGroup var password: PasswordOptions

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var creation: CreateOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try metadata.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    let password = try password.newPassword(in: context, mayAsk: !options.noInput)
    let spec = JSONValue.object(compacting: [
      ("display_name", displayName.map { .string($0) }),
      ("password", .string(password.revealed)),
    ])
    let body = JSONValue.object(
      compacting: [("name", .string(name))] + metadata.created + [("spec", spec)])
    try await ResourceCommands.user.runCreate(name, body: body, creation, options, in: context)
  }
}
