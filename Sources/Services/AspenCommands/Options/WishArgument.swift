import ArgumentParser
import AspenModel

/// Workers that a stream would rather be on, or not, and how much: `site=yard:80`. The controller
/// checks both.
struct WishArgument: Sendable, Hashable, ExpressibleByArgument {
  let selector: String
  let weight: Int64?

  init?(argument: String) {
    // A selector has no colon.
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard let selector = parts.first, !selector.isEmpty, parts.count <= 2 else { return nil }
    self.selector = String(selector)
    weight = parts.count == 2 ? Int64(parts[1]) : nil
    if parts.count == 2, weight == nil { return nil }
  }

  /// The wish in a stream's spec.
  var json: JSONValue {
    .object(compacting: [
      ("selector", .string(selector)), ("weight", weight.map { .integer($0) }),
    ])
  }
}
