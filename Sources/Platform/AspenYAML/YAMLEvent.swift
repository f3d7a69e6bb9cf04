/// One step through a YAML text.
package enum YAMLEvent: Sendable, Hashable {
  case documentStart
  case documentEnd
  /// A scalar. `isPlain` is one without quotes or block, whose text decides what it stands for.
  case scalar(text: String, isPlain: Bool, tag: String?, anchor: String?)
  case sequenceStart(tag: String?, anchor: String?)
  case sequenceEnd
  case mappingStart(tag: String?, anchor: String?)
  case mappingEnd
  /// `*name`: what the anchor of this name stands for.
  case alias(String)
}

/// Why a text is not YAML.
package struct YAMLError: Error, Sendable, Hashable {
  /// From 1; nil where the library does not say.
  package let line: Int?
  /// What is wrong, in words.
  package let reason: String
}
