import AspenModel

/// A template that picks values out of a document: the part of kubectl's JSONPath that people use.
///
/// | written | gives |
/// |---|---|
/// | `{.spec.address}` or `{$.spec.address}` | a member |
/// | `{.labels['site']}` | a member whose name has other characters |
/// | `{.items[0]}`, `{.items[-1]}` | an element, from the end when negative |
/// | `{.items[*]}`, `{.labels.*}` | every element or member |
/// | `{.status.conditions[?(@.type=="Ready")]}` | the elements for which it holds; also `!=` |
/// | `{range .items[*]}…{end}` | the inside, once for each |
/// | `{"\n"}`, `{"\t"}` | a text |
///
/// What is not there gives nothing. Several values are a blank apart; texts are printed bare, all else
/// as JSON. A list is `{"items":[…]}`.
struct JSONPath: Sendable, Hashable {
  indirect enum Part: Sendable, Hashable {
    case text(String)
    case values([Step])
    case range([Step], [Part])
  }

  enum Step: Sendable, Hashable {
    case member(String)
    case element(Int)
    case every
    case matching([Step], isEqual: Bool, String)
  }

  let parts: [Part]

  /// Parses a template.
  init(_ template: String) throws(JSONError) {
    var parser = JSONPathParser(template)
    parts = try parser.template()
  }

  /// The template filled in from a document.
  func text(of document: JSONValue) -> String {
    Self.render(parts, document)
  }

  private static func render(_ parts: [Part], _ current: JSONValue) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .values(let steps):
        text += values(steps, of: current).map(bare).joined(separator: " ")
      case .range(let steps, let inside):
        for value in values(steps, of: current) { text += render(inside, value) }
      }
    }
    return text
  }

  /// What a path leads to from `start`.
  static func values(_ steps: [Step], of start: JSONValue) -> [JSONValue] {
    steps.reduce([start]) { values, step in values.flatMap { next($0, step) } }
  }

  private static func next(_ value: JSONValue, _ step: Step) -> [JSONValue] {
    switch step {
    case .member(let name): value[name].map { [$0] } ?? []
    case .element(let index):
      value.elements.flatMap { elements in
        let index = index < 0 ? elements.count + index : index
        return elements.indices.contains(index) ? [elements[index]] : nil
      } ?? []
    case .every: value.elements ?? value.members?.map(\.value) ?? []
    case .matching(let steps, let isEqual, let text):
      (value.elements ?? []).filter { element in
        values(steps, of: element).contains { bare($0) == text } == isEqual
      }
    }
  }

  private static func bare(_ value: JSONValue) -> String {
    value.text ?? value.serializedText
  }
}
