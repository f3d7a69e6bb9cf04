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

  /// The members of a stream's spec that the options set.
  var spec: [JSONValue.Member] {
    let members: [(String, JSONValue?)] = [
      ("max_fps", maxFPS.map { .number($0) }),
      ("max_width", maxWidth.map { .integer(Int64($0)) }),
      ("require", require.map { .string($0) }),
    ]
    return members.compactMap { name, value in value.map { .init(name, $0) } }
  }
}
