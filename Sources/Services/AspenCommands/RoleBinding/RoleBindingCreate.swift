import ArgumentParser
import AspenModel

/// `aspen role-binding create NAME`
struct RoleBindingCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Give a user or group a role.",
    discussion: """
      aspen role-binding create anna-operator --user anna --role operator
      aspen role-binding create yard-guards --oidc-group guards --role viewer --selector site=yard
      """,
    aliases: ["add"])

  @Argument(help: "The binding's name: a-z, 0-9, '-' and '.'.") var name: String
  @OptionGroup(title: "Access") var subject: SubjectOptions
  @OptionGroup(title: "Access") var grant: GrantOptions
  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var creation: CreateOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if subject.json == nil {
      throw ArgumentParser.ValidationError("Give --user, --oidc-subject or --oidc-group.")
    }
    try grant.validateForCreation()
    try metadata.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    let spec = JSONValue.object(compacting: [("subject", subject.json)] + grant.spec)
    let body = JSONValue.object(
      compacting: [("name", .string(name))] + metadata.created + [("spec", spec)])
    try await ResourceCommands.roleBinding.runCreate(
      name, body: body, creation, options, in: context)
  }
}

/// Whom a role binding is about.
struct SubjectOptions: ParsableArguments {
  @Option(help: "A user of ASPEN.", completion: .names(of: "users"))
  var user: String?

  @Option(help: ArgumentHelp("A person by the identity provider's subject.", valueName: "subject"))
  var oidcSubject: String?

  @Option(help: ArgumentHelp("A group of the identity provider.", valueName: "group"))
  var oidcGroup: String?

  func validate() throws {
    if [user, oidcSubject, oidcGroup].compactMap({ $0 }).count > 1 {
      throw ArgumentParser.ValidationError(
        "--user, --oidc-subject and --oidc-group exclude each other.")
    }
  }

  /// The subject of a spec; nil when none is named.
  var json: JSONValue? {
    let named = [("user", user), ("oidc_subject", oidcSubject), ("oidc_group", oidcGroup)]
    return named.lazy.compactMap { kind, name in
      name.map { ["kind": .string(kind), "name": .string($0)] }
    }.first
  }
}
