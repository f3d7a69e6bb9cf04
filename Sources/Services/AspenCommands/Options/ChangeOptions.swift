import ArgumentParser

/// What everything that makes something takes.
struct CreateOptions: ParsableArguments {
  @Flag(help: "Only tell whether it would be done; change nothing.")
  var dryRun = false

  /// The parameters of the request.
  var query: [(name: String, value: String)] {
    dryRun ? [(name: "dry_run", value: "true")] : []
  }

  /// What was done, in words.
  func words(_ done: String) -> String { done + (dryRun ? " (dry run: nothing is changed)" : "") }
}

/// What everything that changes something takes.
struct ChangeOptions: ParsableArguments {
  @OptionGroup var create: CreateOptions

  @Option(
    help: ArgumentHelp(
      "Only if its resource_version is still this one.", valueName: "resource-version"))
  var ifVersion: Int64?

  var dryRun: Bool { create.dryRun }
  var query: [(name: String, value: String)] { create.query }

  /// The version demanded, as an ETag; nil for the one that is read.
  var ifMatch: String? { ifVersion.map { "\"\($0)\"" } }

  /// What was done, in words.
  func words(_ done: String) -> String { create.words(done) }
}

/// What everything that deletes takes beside names.
struct DeleteOptions: ParsableArguments {
  @OptionGroup var selection: SelectorOptions
  @OptionGroup var change: ChangeOptions

  @Flag(help: "Do not wait until what still runs has ended.")
  var noWait = false

  /// Names or a selector, not both and not neither; a version is that of one thing.
  func validate(names: [String]) throws {
    guard names.isEmpty != (selection.selector == nil) else {
      throw ArgumentParser.ValidationError("Give names, or --selector in their place.")
    }
    if change.ifVersion != nil, names.count != 1 {
      throw ArgumentParser.ValidationError("--if-version goes with one name.")
    }
  }
}
