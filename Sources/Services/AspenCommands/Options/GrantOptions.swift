import ArgumentParser
import AspenModel

/// A role and for which cameras it is, in commands about access.
struct GrantOptions: ParsableArguments {
  @Option(help: "viewer looks, operator changes cameras, streams and workers, admin all.")
  var role: AccessRole?

  @Option(
    name: .customLong("selector"),
    help: ArgumentHelp(
      "Only for the cameras with these labels, and their streams.", valueName: "labels"))
  var selector: String?

  /// The members of a spec that the options set.
  var spec: [(String, JSONValue?)] {
    [
      ("role", role.map { .string($0.rawValue) }), ("selector", selector.map { .string($0) }),
    ]
  }

  /// Something new needs a role.
  func validateForCreation() throws {
    if role == nil {
      throw ArgumentParser.ValidationError("Give --role: viewer, operator or admin.")
    }
  }
}

extension AccessRole: ExpressibleByArgument {}
