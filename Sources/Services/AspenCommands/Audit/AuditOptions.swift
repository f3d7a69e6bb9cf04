import ArgumentParser

/// Which entries of the audit.
struct AuditOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only what this one did: a user or token.", valueName: "name"))
  var actor: String?

  @Option(help: "Only what was done to things of this kind: camera, role_binding, ….")
  var kind: String?

  @Option(help: "Only what was done to the thing of this name.")
  var name: String?

  @Option(help: ArgumentHelp("Only this operation: camera_update.", valueName: "id"))
  var operation: String?

  @Option(
    help: ArgumentHelp(
      "From this time: 2026-01-31T12:00:00Z, or so long ago: 24h.", valueName: "time"))
  var since: TimeArgument?

  @Option(help: ArgumentHelp("Up to this time.", valueName: "time"))
  var until: TimeArgument?

  /// The parameters of the request.
  func query(now: Int64) -> [(name: String, value: String)] {
    let texts = [
      ("actor", actor), ("kind", kind?.replacing("-", with: "_")), ("name", name),
      ("operation", operation), ("since", since?.text(now: now)), ("until", until?.text(now: now)),
    ]
    return texts.compactMap { name, text in text.map { (name: name, value: $0) } }
  }
}
