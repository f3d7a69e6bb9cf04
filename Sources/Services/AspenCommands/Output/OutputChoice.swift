import ArgumentParser

/// What `-o` says.
enum OutputChoice: Sendable, Hashable {
  case table
  /// A table with more columns, never cut.
  case wide
  case json
  case yaml
  /// A line `kind/name` for each.
  case name
  case jsonPath(JSONPath)

  static let words = "table, wide, json, yaml, name or jsonpath=TEMPLATE"
}

/// What a command has to make: lines for people, or a document.
enum OutputFormat: Sendable, Hashable {
  case table
  case json
  case yaml
}

extension OutputChoice: ExpressibleByArgument {
  init?(argument: String) {
    switch argument {
    case "table": self = .table
    case "wide": self = .wide
    case "json": self = .json
    case "yaml": self = .yaml
    case "name": self = .name
    default:
      guard argument.hasPrefix("jsonpath="),
        let path = try? JSONPath(String(argument.dropFirst("jsonpath=".count)))
      else { return nil }
      self = .jsonPath(path)
    }
  }

  static var defaultCompletionKind: CompletionKind {
    .list(["table", "wide", "json", "yaml", "name", "jsonpath="])
  }

  /// As it is written, for help.
  var defaultValueDescription: String {
    switch self {
    case .table: "table"
    case .wide: "wide"
    case .json: "json"
    case .yaml: "yaml"
    case .name: "name"
    case .jsonPath: "jsonpath"
    }
  }

  /// Lines or a document. A template takes its values from the document.
  var format: OutputFormat {
    switch self {
    case .table, .wide, .name: .table
    case .json, .jsonPath: .json
    case .yaml: .yaml
    }
  }
}
