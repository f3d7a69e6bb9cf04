import ArgumentParser
import AspenClient
import AspenModel

/// `aspen watch KIND [NAME]`
struct WatchResources: Command {
  static let configuration = CommandConfiguration(
    commandName: "resources",
    abstract: "Follow changes of cameras, streams, workers and other resources.",
    discussion: """
      aspen watch cameras
      aspen watch streams -l site=yard -o json
      Begins with a list, then shows each change; with --from it begins behind that revision. A lost \
      connection is taken up where it was. If the changes are no longer kept, it lists again.
      """)

  @Argument(help: ArgumentHelp("cameras, streams, workers, sites, …", valueName: "kind"))
  var kind: KindArgument

  @Argument(help: "Only the one of this name.", completion: .namesOfKind) var name: String?

  @OptionGroup var selection: SelectorOptions

  @Option(help: ArgumentHelp("Begin behind this revision, without a list.", valueName: "revision"))
  var from: Int64?

  @Flag(help: "Print events: type, revision and object.") var outputWatchEvents = false

  @Option(help: "End after so many changes.") var count: Int?

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if let count, count < 1 { throw ArgumentParser.ValidationError("--count must be at least 1.") }
    if let from, from < 0 { throw ArgumentParser.ValidationError("--from must not be negative.") }
  }

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      var follower = Follower(
        session: session, kind: kind.kind, name: name, selector: selection.selector, from: from,
        count: count,
        line: FollowLine(
          kind: kind.kind, format: session.followFormat, showsEvents: outputWatchEvents))
      try await follower.run(listsFirst: from == nil)
    }
  }
}

extension Session {
  /// How changes are printed.
  var followFormat: FollowLine.Format {
    switch printer.choice {
    case .table, .wide: .table
    case .json: .json
    case .yaml: .yaml
    case .name: .name
    case .jsonPath(let path): .template(path)
    }
  }
}
