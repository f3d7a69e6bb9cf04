import ArgumentParser
import AspenClient

/// What every list takes.
struct ListOptions: ParsableArguments {
  @OptionGroup var selection: SelectorOptions

  @Option(
    help: ArgumentHelp(
      "Only those whose fields fulfil it: spec.site=yard,spec.enabled!=false.",
      valueName: "fields"))
  var filter: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Sort by name, created_at or updated_at; -created_at is the newest first.",
      valueName: "field"))
  var sort: SortOrder?

  @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
  var limit: Int?

  @Option(help: ArgumentHelp("Ask for so many at once, 1 to 500.", valueName: "count"))
  var chunk = ControllerClient.maxPageItems

  @Option(help: ArgumentHelp("Only these fields: name,status.phase.", valueName: "fields"))
  var fields: FieldPaths?

  func validate() throws {
    if let limit, limit < 1 {
      throw ArgumentParser.ValidationError("--limit must be at least 1.")
    }
    guard (1...ControllerClient.maxPageItems).contains(chunk) else {
      throw ArgumentParser.ValidationError(
        "--chunk must be 1 to \(ControllerClient.maxPageItems).")
    }
  }

  /// The parameters of the request, without the page's.
  var query: [(name: String, value: String)] {
    let texts = [("selector", selection.selector), ("filter", filter), ("sort", sort?.rawValue)]
    return texts.compactMap { name, text in text.map { (name: name, value: $0) } }
      + (fields?.query ?? [])
  }
}

/// In which order a list comes.
enum SortOrder: String, ExpressibleByArgument, CaseIterable, Sendable {
  case name
  case nameDescending = "-name"
  case createdAt = "created_at"
  case createdAtDescending = "-created_at"
  case updatedAt = "updated_at"
  case updatedAtDescending = "-updated_at"
}
