import ArgumentParser
import AspenModel

/// Labels and annotations, in commands that make or change things.
struct MetadataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Labels: site=yard,floor=2; in an update floor- removes.", valueName: "labels")
  )
  var labels: LabelChanges?

  @Option(
    name: .customLong("annotation"), parsing: .singleValue,
    help: ArgumentHelp(
      "An annotation: KEY=TEXT; in an update KEY- removes it. May be repeated.",
      valueName: "annotation"))
  var annotations: [AnnotationChange] = []

  var isEmpty: Bool { labels == nil && annotations.isEmpty }

  /// Something new has nothing that could be removed.
  func validateForCreation() throws {
    try labels?.validateForCreation()
    if let removed = annotations.first(where: { $0.text == nil }) {
      throw ArgumentParser.ValidationError(
        "--annotation: '\(removed.key)-' removes one; write KEY=TEXT.")
    }
  }

  /// The members of something new.
  var created: [(String, JSONValue?)] {
    [("labels", labels?.set.json), ("annotations", annotationPatch)]
  }

  /// The members of a merge patch.
  var patch: [(String, JSONValue?)] {
    [("labels", labels?.patch), ("annotations", annotationPatch)]
  }

  private var annotationPatch: JSONValue? {
    if annotations.isEmpty { return nil }
    return .object(
      annotations.map { .init($0.key, $0.text.map { .string($0) } ?? .null) })
  }
}

/// One annotation on the command line: `KEY=TEXT`, or `KEY-` to remove it.
struct AnnotationChange: Sendable, Hashable, ExpressibleByArgument {
  let key: String
  /// Nil removes it.
  let text: String?

  init?(argument: String) {
    if let equals = argument.firstIndex(of: "=") {
      key = String(argument[..<equals])
      text = String(argument[argument.index(after: equals)...])
    } else if argument.hasSuffix("-") {
      key = String(argument.dropLast())
      text = nil
    } else {
      return nil
    }
    if key.isEmpty { return nil }
  }
}
