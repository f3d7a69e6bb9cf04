import ArgumentParser

/// Lists take it.
struct SelectorOptions: ParsableArguments {
  @Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp("Only those whose labels fulfil it: site=yard,!old.", valueName: "labels"))
  var selector: String?
}
