extension Rules {
  /// Every `package` declaration has a doc comment. Stored properties and constants may leave it to
  /// the type's, and what a standard protocol asks for is documented there.
  static func documentation(_ file: SourceFile) -> [String] {
    file.code.indices.compactMap { index in
      guard let declaration = PackageDeclaration(file.code[index]), declaration.needsComment else {
        return nil
      }
      let comment = commentAbove(index, in: file)
      if comment.contains(where: { $0.hasPrefix("///") }) { return nil }
      return "\(file.path):\(index + 1): '\(declaration.name)' has no doc comment"
    }
  }
}

/// The first line of a declaration with `package` access.
private struct PackageDeclaration {
  let name: String
  private let keyword: String
  private let isStored: Bool
  private let isOverride: Bool

  private static let keywords: Set<String> = [
    "actor", "class", "enum", "func", "init", "let", "macro", "protocol", "struct", "subscript",
    "typealias", "var",
  ]
  /// Required by Equatable, Comparable, Hashable, Codable, executors, commands, literals and printers.
  private static let witnesses: Set<String> = [
    "description", "debugDescription", "customMirror", "hash", "encode", "errorDescription",
    "testDescription", "init(from", "init(stringLiteral", "init(integerLiteral",
    "init(floatLiteral", "init(booleanLiteral", "init(arrayLiteral", "init(dictionaryLiteral",
    "init(rawValue", "rawValue", "id", "==", "<", "allCases", "Element", "body", "run", "validate",
    "configuration", "makeIterator", "makeAsyncIterator", "next", "enqueue",
    "asUnownedSerialExecutor", "asUnownedTaskExecutor", "isIsolatingCurrentContext",
    "checkIsolated",
  ]

  init?(_ line: String) {
    var words = line.split { $0 == " " }.map(String.init)
    while let first = words.first, first.hasPrefix("@") { words.removeFirst() }
    guard let access = words.firstIndex(of: "package"), !words.contains("import"),
      words[..<access].allSatisfy(Self.isModifier)
    else { return nil }
    let rest = words[(access + 1)...]
    guard let place = rest.firstIndex(where: { Self.keywords.contains(Self.leading($0)) }),
      // `class func` and `static var`: the last keyword in the row is the kind.
      rest[..<place].allSatisfy(Self.isModifier)
    else { return nil }
    var at = place
    if rest[place] == "class", at + 1 < rest.endIndex, ["func", "var"].contains(rest[at + 1]) {
      at += 1
    }
    keyword = Self.leading(rest[at])
    let after = keyword == "init" || keyword == "subscript" ? rest[at...] : rest[(at + 1)...]
    let signature = after.joined(separator: " ")
    name = Self.name(signature, keyword: keyword)
    let isComputed = signature.hasSuffix("{") || signature.contains("{ ")
    isOverride = words.contains("override")
    isStored = keyword == "let" || keyword == "var" && !isComputed
  }

  var needsComment: Bool { !isStored && !isOverride && !Self.witnesses.contains(name) }

  private static func isModifier(_ word: String) -> Bool {
    let modifiers: Set<String> = [
      "static", "final", "nonisolated", "mutating", "override", "convenience", "required", "lazy",
      "weak", "indirect", "open", "consuming", "borrowing", "dynamic", "isolated", "class",
      "private(set)", "fileprivate(set)", "internal(set)", "nonisolated(unsafe)",
      "unowned(unsafe)", "nonisolated(nonsending)",
    ]
    return modifiers.contains(word) || word.hasPrefix("@")
  }

  /// `init` of `init(from` and `init?(_`.
  private static func leading(_ word: String) -> String {
    String(word.prefix { $0.isLetter })
  }

  private static func name(_ signature: String, keyword: String) -> String {
    if keyword == "init" {
      let label = signature.drop { $0 != "(" }.dropFirst().prefix { $0.isLetter || $0 == "_" }
      return "init(\(label)"
    }
    let isOperator = !(signature.first.map { $0.isLetter || $0 == "_" } ?? false)
    let end: Set<Character> = isOperator ? [" ", "("] : [" ", "(", ":", "<", "{", "="]
    return String(signature.prefix { !end.contains($0) })
  }
}
