import Foundation

/// A Swift file of the package, with and without its comments and strings.
struct SourceFile: Sendable {
  /// From the package's root, as `Sources/Core/AspenModel/Values/Labels.swift`.
  let path: String
  let lines: [String]
  /// The same lines, comments and string texts blanked.
  let code: [String]
  /// The same in one piece.
  let wholeCode: String

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    wholeCode = CodeStripper.strip(text)
    code = wholeCode.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// `Core` of `Sources/Core/AspenModel/…`.
  var layer: String { part(1) }
  /// `AspenModel` of `Sources/Core/AspenModel/…`.
  var module: String { part(2) }

  /// The modules that the file imports, with their lines.
  var imports: [(module: String, line: Int)] {
    code.enumerated().compactMap { number, line in
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
        words[..<index].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains($0) })
      else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "func", "let", "var", "protocol"]
      let name = kinds.contains(words[index + 1]) ? words[index + 2] : words[index + 1]
      return (String(name.prefix { $0 != "." && $0 != ";" }), number + 1)
    }
  }

  private static let accessLevels: Set<Substring> = [
    "private", "fileprivate", "internal", "package", "public",
  ]

  private func part(_ index: Int) -> String {
    let parts = path.split(separator: "/")
    return index < parts.count ? String(parts[index]) : ""
  }
}

/// The files of this package on disk.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  /// Path and text of every Swift file below a folder, in order of path.
  static func swiftTexts(below folder: String) throws -> [(path: String, text: String)] {
    let base = root.appendingPathComponent(folder).path
    let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.sorted().map {
      ("\(folder)/\($0)", try text("\(folder)/\($0)"))
    }
  }
}
