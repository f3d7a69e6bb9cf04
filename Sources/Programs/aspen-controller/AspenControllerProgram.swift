import ArgumentParser
import AspenModel

/// `aspen-controller`: flags and wiring.
@main
struct AspenControllerProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aspen-controller",
    abstract: "The control plane of ASPEN: REST API, web page, scheduler and frame hub.",
    version: ProgramVersion.current,
    subcommands: [ServeCommand.self, SecretsKeyCommand.self],
    defaultSubcommand: ServeCommand.self)
}
