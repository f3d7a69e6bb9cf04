import ArgumentParser

/// When results have colours.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto
  case always
  case never
}

/// Every command that prints results has it.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("How to print: \(OutputChoice.words).", valueName: "format"))
  var choice: OutputChoice = .table

  @Flag(help: "Leave out the titles of a table.")
  var noHeaders = false

  @Option(help: "Colours of phases; auto: on a terminal, unless NO_COLOR is set.")
  var color: ColourChoice = .auto

  /// Lines for people, or a document.
  var format: OutputFormat { choice.format }
}

/// What every command that asks the controller takes.
struct ControllerOptions: ParsableArguments {
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  @Flag(help: "Ask nothing; do it.")
  var noInput = false
}
