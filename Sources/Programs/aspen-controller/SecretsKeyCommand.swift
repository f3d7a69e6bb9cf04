import ArgumentParser
import AspenController
import AspenRuntime
import AspenTelemetry

/// `aspen-controller secrets-key`: the file of the keys that seal stored secrets.
struct SecretsKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secrets-key",
    abstract: "Make or change the file of the keys that seal stored secrets.",
    discussion: """
      To replace a key: add a new one on every controller, restart them, run 'aspen secret reseal', \
      and take the old key's line out of the files when that operation has succeeded.
      """,
    subcommands: [Create.self, Add.self])

  /// Makes a new file.
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a file with one fresh key (mode 0600); refuses to touch one that is there.")

    @Argument(help: "The file.")
    var file: String

    func run() throws {
      try SecretsKeyCommand.report {
        try SealingKeyFile.create(at: file)
        StandardOutput.write(line: "made \(file); keep a copy: without it no password can be read")
      }
    }
  }

  /// Puts a fresh key on top.
  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put a fresh key on top of a file: it seals from the next start on.")

    @Argument(help: "The file.")
    var file: String

    func run() throws {
      try SecretsKeyCommand.report {
        let id = try SealingKeyFile.addKey(at: file)
        StandardOutput.write(line: "added key \(id) to \(file)")
      }
    }
  }

  private static func report(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      StandardErrorLine.write("aspen-controller: \(error)")
      throw ExitCode.failure
    }
  }
}
