import AspenRuntime
import FoundationEssentials

/// The files that `-f` names.
enum ManifestFiles {
  /// A thousand documents of 32 KiB, as much as one request takes.
  static let maxFileBytes = 32 << 20
  /// Most documents of one request, which is done as a whole or not at all.
  static let maxDocuments = 1_000

  private static let extensions: Set<String> = ["yaml", "yml", "json", "jsonl", "ndjson"]

  /// The resources of files, of directories' files in the order of their names, and of standard
  /// input for `-`.
  static func documents(
    _ paths: [String], in context: CommandContext
  ) throws(CommandError) -> [ManifestDocument] {
    var documents: [ManifestDocument] = []
    for path in paths {
      for (name, bytes) in try contents(path, context) {
        documents += try ManifestReader.documents(bytes, file: name)
      }
    }
    try ManifestReader.requireDistinct(documents)
    guard documents.count <= maxDocuments else {
      throw CommandError(
        .usage, "there are \(documents.count) documents, and one request takes \(maxDocuments)",
        "a request is done as a whole or not at all; split the files and apply them one by one")
    }
    return documents
  }

  /// The same, where there must be something.
  static func requiredDocuments(
    _ paths: [String], in context: CommandContext
  ) throws(CommandError) -> [ManifestDocument] {
    let documents = try documents(paths, in: context)
    if documents.isEmpty {
      throw CommandError(.usage, "\(paths.joined(separator: ", ")): describes no resource")
    }
    return documents
  }

  private static func contents(
    _ path: String, _ context: CommandContext
  ) throws(CommandError) -> [(name: String, bytes: [UInt8])] {
    if path == "-" { return [("standard input", try standardInput(context))] }
    var paths = [path]
    var isDirectory = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory {
      paths = try files(of: path)
    }
    var contents: [(name: String, bytes: [UInt8])] = []
    for path in paths {
      do throws(RuntimeError) {
        contents.append((path, try ProtectedFile.read(path, maxBytes: maxFileBytes)))
      } catch {
        throw CommandError(error)
      }
    }
    return contents
  }

  private static func files(of directory: String) throws(CommandError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw CommandError(.usage, "cannot read the directory \(directory)")
    }
    let files = names.sorted().filter { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      return !name.hasPrefix(".") && parts.count > 1
        && extensions.contains(parts.last?.lowercased() ?? "")
    }
    return files.map { directory.hasSuffix("/") ? directory + $0 : "\(directory)/\($0)" }
  }

  private static func standardInput(_ context: CommandContext) throws(CommandError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let line = context.readLine() {
      bytes += Array((line + "\n").utf8)
      guard bytes.count <= maxFileBytes else {
        throw CommandError(.usage, "standard input is larger than \(maxFileBytes) bytes")
      }
    }
    return bytes
  }
}
