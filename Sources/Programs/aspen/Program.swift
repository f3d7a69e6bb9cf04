import AspenCommands
import Glibc

@main
struct Program {
  static func main() async {
    let status = await CommandLineProgram.run(Array(CommandLine.arguments.dropFirst()))
    exit(status.rawValue)
  }
}
