import ArgumentParser
import AspenModel

/// Labels on the command line: `site=yard,floor=2`; in an update `floor-` removes one.
struct LabelChanges: Sendable, Hashable {
  let set: Labels
  let removed: [String]

  /// The merge patch (RFC 7396) of the labels.
  var patch: JSONValue {
    .object((set.json.members ?? []) + removed.map { .init($0, .null) })
  }

  /// Something new has no labels that could be removed.
  func validateForCreation() throws {
    if let key = removed.first {
      throw ArgumentParser.ValidationError("--labels: '\(key)-' removes a label; write KEY=VALUE.")
    }
  }
}

extension LabelChanges: ExpressibleByArgument {
  init?(argument: String) {
    var removed: [String] = []
    var pairs: [Substring] = []
    for part in argument.split(separator: ",") {
      if part.contains("=") {
        pairs.append(part)
      } else if part.hasSuffix("-"), part.count > 1 {
        removed.append(String(part.dropLast()))
      } else {
        return nil
      }
    }
    guard let set = try? Labels(parsing: pairs.joined(separator: ",")) else { return nil }
    self.init(set: set, removed: removed)
  }
}
