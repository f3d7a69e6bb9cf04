import ArgumentParser
import AspenModel

/// Where a password comes from: never from the command line, which others can see.
struct PasswordOptions: ParsableArguments {
  @Flag(help: "Read the password from standard input, one line.")
  var passwordStdin = false

  /// The password: from standard input, else asked for on a terminal.
  func password(_ prompt: String, in context: CommandContext, mayAsk: Bool) throws -> Secret {
    if passwordStdin {
      guard let line = context.readLine() else {
        throw ArgumentParser.ValidationError("--password-stdin: standard input has no line.")
      }
      return Secret(line)
    }
    guard mayAsk, context.terminal.isInteractive else {
      throw ArgumentParser.ValidationError("Give the password by --password-stdin.")
    }
    guard let password = context.terminal.askSecret(prompt), !password.revealed.isEmpty else {
      throw CommandError(.refused, "no password was given")
    }
    return password
  }

  /// A new password, asked for twice so that a slip does not lock its owner out.
  func newPassword(in context: CommandContext, mayAsk: Bool) throws -> Secret {
    let password = try password("New password: ", in: context, mayAsk: mayAsk)
    if !passwordStdin, context.terminal.askSecret("Again: ") != password {
      throw CommandError(.refused, "the two passwords differ")
    }
    return password
  }
}
