import ArgumentParser

/// `aspen completion SHELL`
struct CompletionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print the script that completes commands in a shell.",
    discussion: "For this shell only: source <(aspen completion bash)")

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @Argument(help: "The shell.") var shell: Shell

  func run(in context: CommandContext) {
    let shell: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    context.write(AspenCommand.completionScript(for: shell) + "\n")
  }
}
