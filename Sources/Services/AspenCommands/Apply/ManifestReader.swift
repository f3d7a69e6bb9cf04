import AspenModel

/// Reads the resources that a text describes: documents of YAML or JSON, lines of JSON, a list of
/// resources, or what `get -o yaml` and `list -o json` print.
enum ManifestReader {
  /// What the text is written in.
  enum Language: Sendable { case yaml, json, jsonLines }

  /// Most wrong fields that are told of; what is wrong everywhere is clear by then.
  static let maxMessages = 20

  /// The resources of a file.
  static func documents(
    _ bytes: [UInt8], file: String
  ) throws(CommandError) -> [ManifestDocument] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError(.usage, "\(file): is not UTF-8 text")
    }
    var documents: [ManifestDocument] = []
    var messages: [String] = []
    for text in try texts(text, file: file) {
      for (json, place) in items(text, file: file) {
        do throws(ValidationError) {
          documents.append(try ManifestDocument(json, at: place))
        } catch {
          messages += error.violations.map { place.message($0.field, $0.reason) }
        }
      }
    }
    if !messages.isEmpty { throw CommandError(.usage, lines: messages, atMost: maxMessages) }
    return documents
  }

  /// Refuses a resource that is described twice.
  static func requireDistinct(_ documents: [ManifestDocument]) throws(CommandError) {
    var places: [String: ManifestDocument.Place] = [:]
    for document in documents {
      let key = "\(document.kind.rawValue)/\(document.name)"
      if let first = places[key] {
        throw CommandError(
          .usage, document.place.message("", "\(key) is described twice"),
          first.message("", "here too"))
      }
      places[key] = document.place
    }
  }

  /// What a file's name or its first character says of its language.
  static func language(_ text: String, file: String) -> Language {
    switch file.split(separator: ".").last.map({ $0.lowercased() }) {
    case "yaml", "yml": return .yaml
    case "jsonl", "ndjson": return .jsonLines
    case "json": return .json
    default:
      let first = text.utf8.first { !(0x09...0x0D).contains($0) && $0 != 0x20 }
      return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .json : .yaml
    }
  }

  private static func texts(
    _ text: String, file: String
  ) throws(CommandError) -> [ManifestText] {
    do throws(ManifestFault) {
      switch language(text, file: file) {
      case .yaml: return try YAMLReader.documents(text)
      case .json: return try jsonDocuments(text)
      case .jsonLines: return try jsonLines(text)
      }
    } catch {
      let line = error.line.map { "line \($0): " } ?? ""
      throw CommandError(.usage, "\(file): \(line)\(error.reason)")
    }
  }

  /// One document, or a line each when the first line is one by itself.
  private static func jsonDocuments(_ text: String) throws(ManifestFault) -> [ManifestText] {
    do throws(JSONError) {
      return [ManifestText(try JSONValue(parsing: Array(text.utf8)), number: 1)]
    } catch {
      let first = text.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) }
      guard let first, (try? JSONValue(parsing: Array(first.utf8))) != nil else {
        throw ManifestFault(line: nil, reason: error.message)
      }
      return try jsonLines(text)
    }
  }

  private static func jsonLines(_ text: String) throws(ManifestFault) -> [ManifestText] {
    var documents: [ManifestText] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      do throws(JSONError) {
        documents.append(
          ManifestText(
            try JSONValue(parsing: Array(line.utf8)), number: documents.count + 1, line: index + 1))
      } catch {
        throw ManifestFault(line: index + 1, reason: error.message)
      }
    }
    return documents
  }

  /// The resources of one document, which may be a list of them.
  private static func items(
    _ text: ManifestText, file: String
  ) -> [(JSONValue, ManifestDocument.Place)] {
    let (elements, prefix): ([JSONValue]?, String) =
      text.value["kind"] == nil && text.value["items"] != nil
      ? (text.value["items"]?.elements, "/items") : (text.value.elements, "")
    guard let elements else {
      return [
        (
          text.value,
          ManifestDocument.Place(
            file: file, number: text.number, item: nil, line: text.line, lines: text.lines)
        )
      ]
    }
    var lines = [[String: Int]](repeating: [:], count: elements.count)
    for (pointer, line) in text.lines where pointer.hasPrefix(prefix + "/") {
      let rest = pointer.dropFirst(prefix.count + 1)
      let end = rest.firstIndex(of: "/") ?? rest.endIndex
      guard let index = Int(rest[..<end]), lines.indices.contains(index) else { continue }
      lines[index][String(rest[end...])] = line
    }
    return zip(elements, lines).enumerated().map { index, item in
      let place = ManifestDocument.Place(
        file: file, number: text.number, item: index + 1, line: item.1[""] ?? text.line,
        lines: item.1)
      return (item.0, place)
    }
  }
}
