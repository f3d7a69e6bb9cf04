/// Workers that a stream would rather be on, or rather not.
package struct PlacementWish: Sendable, Hashable {
  /// What the labels of those workers fulfil.
  package let selector: LabelSelector
  /// How much it counts against others and against the balance of loads: one for each hundredth of a
  /// worker's capacity.
  package let weight: Int

  /// The weights that there are.
  package static let weights: ClosedRange<Int64> = 1...100
  /// The weight of a wish that names none.
  package static let defaultWeight = 50
  /// The most wishes of one list, so that scoring a worker stays cheap.
  package static let maxCount = 8

  /// A wish of its parts.
  package init(selector: LabelSelector, weight: Int = defaultWeight) {
    self.selector = selector
    self.weight = weight
  }

  static func read(_ fields: inout FieldReader) -> PlacementWish? {
    let weight = fields.wholeNumber("weight", in: weights).map(Int.init) ?? defaultWeight
    if fields.value("selector") == nil { return fields.violate("selector", "is required") }
    guard let selector = fields.selector("selector") else { return nil }
    return PlacementWish(selector: selector, weight: weight)
  }

  /// The wish as stored and shown.
  package var json: JSONValue {
    ["selector": .string(selector.description), "weight": .integer(Int64(weight))]
  }
}

extension FieldReader {
  /// A list of wishes.
  mutating func wishes(_ name: String) -> [PlacementWish] {
    guard let value = value(name) else { return [] }
    guard let elements = value.elements else {
      refuse(name, "must be an array, not \(value.kindName)")
      return []
    }
    if elements.count > PlacementWish.maxCount {
      refuse(name, "has more than \(PlacementWish.maxCount) entries")
      return []
    }
    let pointer = pointer(name)
    return elements.enumerated().compactMap { index, element in
      let wish = parsed(name) { () throws(ValidationError) in
        try FieldReader.read(element, at: "\(pointer)/\(index)") { PlacementWish.read(&$0) }
      }
      return wish ?? nil
    }
  }
}
