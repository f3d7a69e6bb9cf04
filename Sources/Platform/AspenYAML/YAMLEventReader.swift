import CLibYAML

/// Reads YAML (libyaml: 1.1 in syntax, which is what 1.2 texts use) event by event. It resolves
/// nothing: what scalars, tags and aliases stand for is the caller's, and so are the limits of size
/// and depth. An event costs time in proportion to the depth (measured: 200,000 nested lists take
/// over a minute), so a caller stops at a depth of its own.
///
/// Not Sendable: one task reads.
package final class YAMLEventReader {
  /// libyaml wants a parser that does not move.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The parser reads from it until it is deleted.
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var isAtEnd = false

  /// A reader of UTF-8 text.
  package init(_ text: [UInt8]) throws(YAMLError) {
    parser = .allocate(capacity: 1)
    input = .allocate(capacity: text.count)
    _ = input.initialize(from: text)
    guard yaml_parser_initialize(parser) == 1 else {
      // Delete is for what was initialized; it was not, but for zeroes, which it takes.
      throw YAMLError(line: nil, reason: "there is no memory for the parser")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event and the line where it begins, from 1; nil at the end of the text.
  package func next() throws(YAMLError) -> (event: YAMLEvent, line: Int)? {
    while !isAtEnd {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
      defer { yaml_event_delete(&event) }
      let line = event.start_mark.line + 1
      switch event.type {
      case YAML_STREAM_START_EVENT: continue
      case YAML_STREAM_END_EVENT, YAML_NO_EVENT: isAtEnd = true
      case YAML_DOCUMENT_START_EVENT: return (.documentStart, line)
      case YAML_DOCUMENT_END_EVENT: return (.documentEnd, line)
      case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, line)
      case YAML_MAPPING_END_EVENT: return (.mappingEnd, line)
      case YAML_ALIAS_EVENT: return (.alias(Self.text(event.data.alias.anchor) ?? ""), line)
      case YAML_SCALAR_EVENT: return (Self.scalar(event.data.scalar), line)
      case YAML_SEQUENCE_START_EVENT:
        let start = event.data.sequence_start
        return (.sequenceStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), line)
      case YAML_MAPPING_START_EVENT:
        let start = event.data.mapping_start
        return (.mappingStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), line)
      default: throw YAMLError(line: line, reason: "the parser gave an unknown event")
      }
    }
    return nil
  }

  private typealias Scalar = yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar

  private static func scalar(_ scalar: Scalar) -> YAMLEvent {
    // The library has checked that it is UTF-8; a text may hold zero bytes.
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    return .scalar(
      text: String(decoding: bytes, as: UTF8.self),
      isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, tag: text(scalar.tag),
      anchor: text(scalar.anchor))
  }

  private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    bytes.map { String(cString: $0) }
  }

  /// What the parser says of its failure.
  private var failure: YAMLError {
    isAtEnd = true
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
    switch parser.pointee.error {
    case YAML_READER_ERROR:
      let before = input.prefix(parser.pointee.problem_offset)
      return YAMLError(line: before.count { $0 == 0x0A } + 1, reason: problem)
    case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
      let context = parser.pointee.context.map { String(cString: $0) + ", " } ?? ""
      return YAMLError(line: parser.pointee.problem_mark.line + 1, reason: context + problem)
    default: return YAMLError(line: nil, reason: problem)
    }
  }
}
