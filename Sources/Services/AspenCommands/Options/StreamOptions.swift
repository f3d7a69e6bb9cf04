import ArgumentParser
import AspenModel

/// What describes a stream in `camera add`, `stream add` and `stream update`.
struct StreamOptions: ParsableArguments {
  @Option(
    name: .customLong("max-fps"),
    help: ArgumentHelp("At most so many frames a second.", valueName: "fps"))
  var maxFPS: Double?

  @Option(help: ArgumentHelp("Frames at most so wide.", valueName: "pixels"))
  var maxWidth: Int?

  @Option(
    help: ArgumentHelp(
      "What a worker's labels must fulfil: site=yard,gpu,!slow.", valueName: "selector"))
  var require: String?

  @Option(
    help: ArgumentHelp(
      "Workers that it would rather be on, 1 to 100 for how much: site=yard:80. May be repeated.",
      valueName: "selector[:weight]"))
  var prefer: [WishArgument] = []

  @Option(
    help: ArgumentHelp(
      "Workers that it would rather not be on: slow:30. May be repeated.",
      valueName: "selector[:weight]"))
  var avoid: [WishArgument] = []

  @Option(
    help: ArgumentHelp(
      "0 to 100, else 50; when there is not room for all, the higher one gets the place.",
      valueName: "number"))
  var priority: Int?

  @Option(
    help: """
      When its worker is not heard of: another takes over at once (replace, else), when the worker \
      has stopped it for certain (stop), or never (keep).
      """)
  var onPartition: PartitionRule?

  /// The members of a stream's spec that the options set.
  var spec: [JSONValue.Member] {
    let members: [(String, JSONValue?)] = [
      ("prefer", prefer.isEmpty ? nil : .array(prefer.map(\.json))),
      ("avoid", avoid.isEmpty ? nil : .array(avoid.map(\.json))),
      ("priority", priority.map { .integer(Int64($0)) }),
      ("on_partition", onPartition.map { .string($0.rawValue) }),
      ("max_fps", maxFPS.map { .number($0) }),
      ("max_width", maxWidth.map { .integer(Int64($0)) }),
      ("require", require.map { .string($0) }),
    ]
    return members.compactMap { name, value in value.map { .init(name, $0) } }
  }
}

extension PartitionRule: ExpressibleByArgument {}
