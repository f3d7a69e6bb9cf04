import ArgumentParser
import AspenModel

/// `aspen role-binding update NAME`
struct RoleBindingUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change whom a role binding is about, and what it gives.")

  @Argument(help: "The binding's name.", completion: .names(of: "role-bindings")) var name: String
  @OptionGroup(title: "Access") var subject: SubjectOptions
  @OptionGroup(title: "Access") var grant: GrantOptions
  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if spec == .object([]), metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec == .object([]) ? nil : spec)])
    try await ResourceCommands.roleBinding.runUpdate(
      name, patch: patch, change, options, in: context)
  }

  /// The merge patch of the spec.
  private var spec: JSONValue {
    .object(compacting: [("subject", subject.json)] + grant.spec)
  }
}
