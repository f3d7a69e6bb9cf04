import Glibc

/// The terminal that the program's person sits at, if there is one. The calls block.
package enum TerminalInput {
  /// Whether somebody can be asked: standard input and standard error are a terminal.
  package static var isInteractive: Bool {
    isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
  }

  /// Whether standard output is a terminal.
  package static var isOutput: Bool {
    isatty(STDOUT_FILENO) == 1
  }

  /// How many columns the terminal at standard output has; nil when it is none.
  package static var columns: Int? {
    var size = winsize()
    guard isOutput, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// Asks and reads the line that is typed; nil at the end of the input.
  package static func ask(_ prompt: String) -> String? {
    write(prompt)
    return readLine()
  }

  /// Asks and reads a line that is not shown while it is typed; nil when it is interrupted.
  package static func askSecret(_ prompt: String) -> String? {
    var settings = termios()
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
    write(prompt)
    var hidden = settings
    // Raw also takes Ctrl-C as a byte: a signal would end the program with the echo off.
    cfmakeraw(&hidden)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
      write("\n")
    }
    var line = SecretLine()
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return nil }
      switch line.received(byte) {
      case .more: continue
      case .done: return String(validating: line.bytes, as: UTF8.self)
      case .cancelled: return nil
      }
    }
  }

  private static func write(_ text: String) {
    _ = ProtectedFile.writeAll(Array(text.utf8), to: STDERR_FILENO)
  }
}
