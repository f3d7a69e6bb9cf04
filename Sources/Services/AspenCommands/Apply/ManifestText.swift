import AspenModel

/// One document as its text has it, before anybody has looked at what it describes.
struct ManifestText: Sendable, Hashable {
  let value: JSONValue
  /// Which document of the file it is, from 1.
  let number: Int
  /// Where it begins, from 1; nil where the text does not tell.
  let line: Int?
  /// Where fields begin, by JSON Pointer (RFC 6901).
  let lines: [String: Int]

  init(_ value: JSONValue, number: Int, line: Int? = nil, lines: [String: Int] = [:]) {
    self.value = value
    self.number = number
    self.line = line
    self.lines = lines
  }
}

/// Why a text holds no documents.
struct ManifestFault: Error, Hashable {
  let line: Int?
  let reason: String
}
