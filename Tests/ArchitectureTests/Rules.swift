import Foundation

/// Rules that the compiler does not keep. Each returns what it found as `path:line: words`.
enum Rules {
  static func imports(_ file: SourceFile) -> [String] {
    guard let own = AllowedImports.modules[file.module] else {
      return ["\(file.path):1: module \(file.module) is not in the table of allowed imports"]
    }
    let allowed = own.union(AllowedImports.system(file.layer))
    return file.imports.filter { !allowed.contains($0.module) }.map {
      "\(file.path):\($0.line): \(file.module) may not import \($0.module)"
    }
  }

  static func libraryOwners(_ file: SourceFile) -> [String] {
    file.imports.compactMap { name, line in
      guard let owner = AllowedImports.ownerOfLibrary[name], owner != file.module else {
        return nil
      }
      return "\(file.path):\(line): only \(owner) may import \(name)"
    }
  }

  /// A module may depend only on what stands above it in the manifest, and only on what is allowed.
  static func manifest(_ manifest: Manifest) -> [String] {
    var seen: Set<String> = ["Logging", "ArgumentParser"]
    var found: [String] = []
    for target in manifest.targets {
      for dependency in target.dependencies {
        if !seen.contains(dependency) {
          found.append("Package.swift: \(target.name) depends on \(dependency), not above it")
        }
        if !(AllowedImports.modules[target.name]?.contains(dependency) ?? false) {
          found.append("Package.swift: \(target.name) may not depend on \(dependency)")
        }
      }
      seen.insert(target.name)
    }
    return found
  }

  static func clockAndRandomness(_ file: SourceFile) -> [String] {
    tokens(
      [
        "Date.now", "Date()", "random(", "randomElement(", "shuffled(", "shuffle(", "UUID()",
        "SystemRandomNumberGenerator", "ContinuousClock", "SuspendingClock", "Task.sleep",
        "ProcessInfo", "FileManager",
      ], in: file, "Core has no clock, randomness or surroundings", afterDot: true)
  }

  static func forbidden(_ file: SourceFile) -> [String] {
    tokens(["try!", "fatalError(", "as!"], in: file, "use an error or a precondition")
      + tokens(["DispatchQueue", "DispatchGroup", "Thread.sleep"], in: file, "use the event loop")
      + forceUnwraps(file)
  }

  static func printing(_ file: SourceFile) -> [String] {
    let mayPrint = ["AspenCommands", "AspenRuntime"]
    if file.layer == "Programs" || mayPrint.contains(file.module) { return [] }
    return tokens(["print(", "debugPrint(", "dump("], in: file, "use the log")
  }

  static func length(path: String, text: String) -> [String] {
    let count = text.utf8.count { $0 == 0x0A }
    return count > 500 ? ["\(path): \(count) lines, the most is 500"] : []
  }

  /// `@unchecked Sendable` and `nonisolated(unsafe)` say in a comment why they hold.
  static func unexplainedUnsafety(_ file: SourceFile) -> [String] {
    file.code.indices.compactMap { index in
      let line = file.code[index]
      guard line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") else {
        return nil
      }
      // A declaration may begin some lines earlier: look above its first line.
      var first = index
      while first > 0, !isStart(of: file.code[first]) { first -= 1 }
      let above = commentAbove(first, in: file)
      let isExplained = !above.isEmpty || file.lines[first...index].contains { $0.contains("//") }
      return isExplained ? nil : "\(file.path):\(index + 1): say why it is safe to share"
    }
  }

  // MARK: - Tools

  private static func isStart(of line: String) -> Bool {
    let words: Set<Substring> = [
      "class", "struct", "enum", "extension", "let", "var", "func", "actor", "case", "static",
    ]
    return line.split { !($0.isLetter || $0 == "_") }.contains { words.contains($0) }
  }

  /// The comment lines directly above a line; attributes may stand between.
  static func commentAbove(_ index: Int, in file: SourceFile) -> [String] {
    var comment: [String] = []
    for line in file.lines[..<index].reversed() {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("//") {
        comment.append(String(text))
      } else if !(comment.isEmpty && (text.hasPrefix("@") || text.hasPrefix("#if"))) {
        break
      }
    }
    return comment
  }

  private static func tokens(
    _ tokens: [String], in file: SourceFile, _ advice: String, afterDot: Bool = false
  ) -> [String] {
    let present = tokens.filter { file.wholeCode.contains($0) }
    if present.isEmpty { return [] }
    return file.code.enumerated().flatMap { number, line in
      present.filter { hasToken($0, in: line, afterDot: afterDot) }.map {
        "\(file.path):\(number + 1): '\($0)': \(advice)"
      }
    }
  }

  /// Whether a token stands in a line and not at the end of a longer word or behind `func `.
  private static func hasToken(_ token: String, in line: String, afterDot: Bool) -> Bool {
    var rest = line[...]
    while let range = rest.range(of: token) {
      let before = line[..<range.lowerBound]
      let isInWord = before.last.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      let isMember = before.last == "." && !afterDot
      if !isInWord, !isMember, !before.hasSuffix("func ") { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }

  private static func forceUnwraps(_ file: SourceFile) -> [String] {
    file.code.enumerated().filter { $0.element.contains("!") }.compactMap { number, line in
      let characters = Array(line)
      let isUnwrap = characters.indices.dropFirst().contains { index in
        let before = characters[index - 1]
        let after = index + 1 < characters.count ? characters[index + 1] : " "
        let word = String(characters[..<index].reversed().prefix { $0.isLetter }.reversed())
        return characters[index] == "!" && after != "="
          && (before.isLetter || before.isNumber || ")]_\"".contains(before))
          && !["try", "as"].contains(word)
      }
      return isUnwrap ? "\(file.path):\(number + 1): no '!': unwrap with guard or if" : nil
    }
  }
}
