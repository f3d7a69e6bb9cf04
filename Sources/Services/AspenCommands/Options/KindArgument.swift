import ArgumentParser
import AspenModel

/// A kind of resource on the command line: `camera`, `cameras`, `role-binding`, `role_binding`.
struct KindArgument: Sendable, Hashable, ExpressibleByArgument {
  let kind: ResourceKind

  init(_ kind: ResourceKind) {
    self.kind = kind
  }

  init?(argument: String) {
    let word = argument.lowercased().replacing("_", with: "-")
    guard let kind = ResourceKind.allCases.first(where: { word == $0.plural || word == $0.word })
    else { return nil }
    self.kind = kind
  }

  static var allValueStrings: [String] { ResourceKind.allCases.map(\.word) }

  var defaultValueDescription: String { kind.word }
}

extension ResourceKind {
  /// The kind as one word of a command line: `role-binding`.
  var word: String { rawValue.replacing("_", with: "-") }
}

extension CompletionKind {
  /// Names of the kind that the line names before: `wait camera y`.
  static var namesOfKind: CompletionKind {
    .custom { words, _, prefix in
      guard let kind = words.lazy.compactMap(KindArgument.init(argument:)).first else { return [] }
      return await NameCompletion.names(of: kind.kind.plural, words, prefix)
    }
  }
}
