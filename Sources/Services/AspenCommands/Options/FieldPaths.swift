import ArgumentParser
import AspenModel

/// The fields that are asked for: `name,spec.address,status.phase`.
struct FieldPaths: Sendable, Hashable, ExpressibleByArgument {
  let paths: [String]

  /// More would not fit a screen or an address.
  private static let maxCount = 32

  init?(argument: String) {
    let paths = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let isValid = paths.allSatisfy { path in
      !path.isEmpty && path.utf8.count <= 200
        && !path.split(separator: ".", omittingEmptySubsequences: false).contains("")
    }
    guard isValid, paths.count <= Self.maxCount else { return nil }
    self.paths = paths
  }

  /// What the controller is asked for: the name too, by which things are told apart.
  var query: [(name: String, value: String)] {
    let all = paths.contains("name") ? paths : ["name"] + paths
    return [(name: "fields", value: all.joined(separator: ","))]
  }

  /// The columns of a table of them.
  var columns: [ResourceColumn] {
    let all = paths.contains("name") ? paths : ["name"] + paths
    return all.map { path in
      let names = path.split(separator: ".").map(String.init)
      return ResourceColumn(path.uppercased(), isPhase: path.hasSuffix("phase")) { row in
        row.cell(names.reduce(Optional(row.json)) { value, name in value?[name] })
      }
    }
  }
}
