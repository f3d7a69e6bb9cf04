import ArgumentParser

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table
  case json
  case yaml
}

/// Every command that prints results has it.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("How to print.", valueName: "format"))
  var format: OutputFormat = .table
}

/// What every command that asks the controller takes.
struct ControllerOptions: ParsableArguments {
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
}
