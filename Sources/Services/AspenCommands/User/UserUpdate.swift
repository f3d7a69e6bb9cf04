import ArgumentParser
import AspenModel

/// `aspen user update NAME`
struct UserUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Change a user: password, display name, whether it may sign in.")

  @Argument(help: "The user's name.", completion: .names(of: "users")) var name: String

  @Option(help: ArgumentHelp("The user's name for people.", valueName: "text"))
  var displayName: String?

  @OptionGroup var password: PasswordOptions
  @Flag(name: .customLong("password"), help: "Ask for a new password.") var asksPassword = false
  @Flag(help: "Refuse the user and end its sessions.") var disable = false
  @Flag(help: "Let the user sign in again.") var enable = false
  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if enable, disable {
      throw ArgumentParser.ValidationError("--enable and --disable exclude each other.")
    }
    if !asksPassword, !password.passwordStdin, displayName == nil, !enable, !disable,
      metadata.isEmpty
    {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let isNew = asksPassword || password.passwordStdin
    let password = isNew ? try password.newPassword(in: context, mayAsk: !options.noInput) : nil
    let spec = JSONValue.object(compacting: [
      ("display_name", displayName.map { .string($0) }),
      ("disabled", enable || disable ? .bool(disable) : nil),
      ("password", password.map { .string($0.revealed) }),
    ])
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec == .object([]) ? nil : spec)])
    try await ResourceCommands.user.runUpdate(name, patch: patch, change, options, in: context)
  }
}
