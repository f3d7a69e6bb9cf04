import Glibc

/// A text that its person changes in an editor: a file of its own until it is removed. The calls block.
package struct EditedFile: Sendable {
  /// Where it is, for messages.
  package let path: String

  /// Writes `text` into a new file of `directory` that only its owner can read. Editors tell the
  /// language by the `suffix`.
  package init(_ text: String, in directory: String, suffix: String) throws(RuntimeError) {
    path = "\(directory)/aspen-\(String(UInt64.random(in: .min ... .max), radix: 36))\(suffix)"
    try ProtectedFile.write(Array(text.utf8), to: path)
  }

  /// Runs the editor, a command of the shell as in EDITOR, and waits for its end. Returns the text
  /// that it leaves.
  package func edit(with editor: String) throws(RuntimeError) -> String {
    // As git does it: the command may have options, and the path stays one word.
    let words = ["/bin/sh", "-c", "\(editor) \"$1\"", "sh", path]
    var arguments = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let code = posix_spawn(&process, "/bin/sh", nil, nil, arguments, environ)
    guard code == 0 else {
      throw .file(path: path, action: "edit", reason: String(cString: strerror(code)))
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { break }
    }
    // WIFEXITED and WEXITSTATUS are macros: seven bits of signal, then the exit status.
    guard status & 0x7F == 0, (status >> 8) & 0xFF == 0 else {
      throw .file(path: path, action: "edit", reason: "the editor '\(editor)' failed")
    }
    return try ProtectedFile.readText(path)
  }

  /// Removes the file.
  package func remove() {
    unlink(path)
  }
}
