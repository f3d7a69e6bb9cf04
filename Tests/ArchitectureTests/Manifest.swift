/// What `Package.swift` says of the targets, read as text: `module(layer, name, [dependencies])` and
/// its siblings, in their order.
struct Manifest {
  struct Target: Hashable {
    let name: String
    let dependencies: [String]
  }

  let targets: [Target]

  init(_ text: String) {
    let code = Array(CommentStripper.strip(text))
    var targets: [(place: Int, target: Target)] = []
    for (call, nameIndex) in [("module(", 1), ("program(", 0), ("library(", 0), (".target(", 0)] {
      for start in Self.places(of: call, in: code) {
        let body = Self.parenthesised(code, from: start + call.count - 1)
        let strings = Self.strings(body)
        guard nameIndex < strings.count else { continue }
        let isLibrary = call == "library(" || call == ".target("
        targets.append(
          (
            start,
            Target(
              name: strings[nameIndex],
              dependencies: isLibrary ? [] : Self.dependencies(body))
          ))
      }
    }
    self.targets = targets.sorted { $0.place < $1.place }.map(\.target)
  }

  /// The quoted names and known constants of the first bracketed list.
  private static func dependencies(_ body: [Character]) -> [String] {
    guard let open = body.firstIndex(of: "["), let close = body[open...].firstIndex(of: "]") else {
      return []
    }
    let list = Array(body[open...close])
    let words = String(list).split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "\"") }
    return strings(list)
      + words.compactMap { word in
        switch word {
        case "log": "Logging"
        case "arguments": "ArgumentParser"
        default: nil
        }
      }
  }

  /// Calls at the places of targets, not the helper functions that have the same names.
  private static func places(of call: String, in code: [Character]) -> [Int] {
    let pattern = Array(call)
    return code.indices.filter { index in
      guard code[index...].starts(with: pattern) else { return false }
      let before = String(code[..<index].suffix(6))
      let isWordBefore = call.first != "." && (before.last?.isLetter ?? false)
      return !isWordBefore && !before.hasSuffix("func ")
    }
  }

  private static func parenthesised(_ code: [Character], from open: Int) -> [Character] {
    var depth = 0
    for index in open..<code.count {
      if code[index] == "(" { depth += 1 }
      if code[index] == ")" { depth -= 1 }
      if depth == 0 { return Array(code[open...index]) }
    }
    return []
  }

  private static func strings(_ code: [Character]) -> [String] {
    String(code).split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }
}

/// Removes line comments only; the manifest's strings are its content.
private enum CommentStripper {
  static func strip(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var quoted = false
      var previous: Character = " "
      var end = line.endIndex
      for index in line.indices {
        if line[index] == "\"" { quoted.toggle() }
        if line[index] == "/", previous == "/", !quoted {
          end = line.index(before: index)
          break
        }
        previous = line[index]
      }
      return String(line[..<end])
    }.joined(separator: "\n")
  }
}
