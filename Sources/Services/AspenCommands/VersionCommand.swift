import ArgumentParser
import AspenModel

/// `aspen version`
struct VersionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version of this program.")

  func run(in context: CommandContext) {
    context.write("aspen \(ProgramVersion.current)\n")
  }
}
