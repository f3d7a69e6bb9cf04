import ArgumentParser
import AspenModel
import FoundationEssentials

/// `aspen man [COMMAND …]`
struct ManCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "man", abstract: "Print the manual page of a command, or write all of them.",
    discussion: """
      aspen man camera add | man -l -
      aspen man --directory /usr/local/share/man/man1
      """)

  @Argument(help: "The command: camera add.") var command: [String] = []

  @Option(
    help: ArgumentHelp("Write all pages into this directory.", valueName: "directory"),
    completion: .directory)
  var directory: String?

  func validate() throws {
    if directory != nil, !command.isEmpty {
      throw ArgumentParser.ValidationError("--directory writes all pages; name no command.")
    }
  }

  func run(in context: CommandContext) async throws {
    guard let tree = try? JSONValue(parsing: Array(AspenCommand._dumpHelp().utf8)) else {
      throw CommandError(.refused, "the commands cannot be described")
    }
    let pages = ManualPage.pages(of: tree, version: ProgramVersion.current)
    guard let directory else {
      guard let page = pages.first(where: { $0.words.dropFirst().elementsEqual(command) }) else {
        throw CommandError(.notFound, "there is no command '\(command.joined(separator: " "))'")
      }
      return context.write(page.text)
    }
    for page in pages { try Self.write(page, into: directory) }
    context.write("\(pages.count) pages in \(directory)\n")
  }

  /// Everybody may read a manual, unlike what `ProtectedFile` writes.
  private static func write(_ page: ManualPage, into directory: String) throws {
    let path = "\(directory)/\(page.fileName)"
    do {
      try Data(page.text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw CommandError(.refused, "cannot write \(path)")
    }
  }
}
