package import AspenModel

extension APISchema {
  /// Where `json` is not what the schema says, each place by its JSON Pointer below `path`. At most
  /// `maxViolations` are listed.
  package func violations(of json: JSONValue, at path: String = "") -> [FieldViolation] {
    var check = SchemaCheck()
    check.check(json, self, path)
    return check.violations
  }

  /// More violations help nobody.
  package static let maxViolations = 20
}

/// Walks a value along its schema.
private struct SchemaCheck {
  private(set) var violations: [FieldViolation] = []

  mutating func check(_ json: JSONValue, _ schema: APISchema, _ path: String) {
    if violations.count >= APISchema.maxViolations { return }
    switch schema.shape {
    case .any: break
    case .null: if json != .null { mismatch("null", json, path) }
    case .boolean: if json.flag == nil { mismatch("a boolean", json, path) }
    case .integer(let range): checkInteger(json, range, path)
    case .number(let range): checkNumber(json, range, path)
    case .text(let length, let pattern, _): checkText(json, length, pattern, path)
    case .choice(let words):
      if json.text.map({ words.contains($0) }) != true {
        refuse(path, "must be one of: \(words.joined(separator: ", "))")
      }
    case .array(let element, let count): checkArray(json, element, count, path)
    case .object(let fields, let others): checkObject(json, fields, others, path)
    case .map(let keys, let values, let maxCount, let others):
      checkMap(json, keys, (values, others), maxCount, path)
    case .anyOf(let choices): checkChoices(json, choices, isExclusive: false, path)
    case .oneOf(let choices): checkChoices(json, choices, isExclusive: true, path)
    case .nullable(let inner): if json != .null { check(json, inner, path) }
    case .component(let component): check(json, SchemaTable.declared.schema(of: component), path)
    }
  }

  private mutating func checkInteger(
    _ json: JSONValue, _ range: ClosedRange<Int64>, _ path: String
  ) {
    guard let number = json.wholeNumber else { return mismatch("a whole number", json, path) }
    if !range.contains(number) {
      refuse(path, "must be between \(range.lowerBound) and \(range.upperBound)")
    }
  }

  private mutating func checkNumber(
    _ json: JSONValue, _ range: ClosedRange<Double>, _ path: String
  ) {
    guard let number = json.decimal else { return mismatch("a number", json, path) }
    if !range.contains(number) {
      refuse(path, "must be between \(range.lowerBound) and \(range.upperBound)")
    }
  }

  private mutating func checkText(
    _ json: JSONValue, _ length: ClosedRange<Int>, _ pattern: String?, _ path: String
  ) {
    guard let text = json.text else { return mismatch("a string", json, path) }
    if !length.contains(text.unicodeScalars.count) {
      refuse(path, "must have \(length.lowerBound) to \(length.upperBound) characters")
    }
    if let pattern, !SchemaTable.declared.matches(text, pattern) {
      refuse(path, "does not match \(pattern)")
    }
  }

  private mutating func checkArray(
    _ json: JSONValue, _ element: APISchema, _ count: ClosedRange<Int>, _ path: String
  ) {
    guard let elements = json.elements else { return mismatch("an array", json, path) }
    if !count.contains(elements.count) {
      refuse(path, "must have \(count.lowerBound) to \(count.upperBound) elements")
    }
    for (index, value) in elements.enumerated() { check(value, element, "\(path)/\(index)") }
  }

  private mutating func checkObject(
    _ json: JSONValue, _ fields: [APIField], _ others: APISchema?, _ path: String
  ) {
    guard let members = json.members else { return mismatch("an object", json, path) }
    for field in fields where field.isRequired && json[field.name] == nil {
      refuse(pointer(path, field.name), "is required")
    }
    for member in members {
      let place = pointer(path, member.name)
      if let field = fields.first(where: { $0.name == member.name }) {
        check(member.value, field.schema, place)
      } else if let others {
        check(member.value, others, place)
      } else {
        refuse(place, "is not declared")
      }
    }
  }

  private mutating func checkMap(
    _ json: JSONValue, _ keys: String, _ values: (known: APISchema, others: APISchema?),
    _ maxCount: Int, _ path: String
  ) {
    guard let members = json.members else { return mismatch("an object", json, path) }
    if members.count > maxCount { refuse(path, "must have at most \(maxCount) members") }
    for member in members {
      let place = pointer(path, member.name)
      if SchemaTable.declared.matches(member.name, keys) {
        check(member.value, values.known, place)
      } else if let others = values.others {
        check(member.value, others, place)
      } else {
        refuse(place, "has a name that does not match \(keys)")
      }
    }
  }

  /// Reports what is wrong with the choice that comes nearest.
  private mutating func checkChoices(
    _ json: JSONValue, _ choices: [APISchema], isExclusive: Bool, _ path: String
  ) {
    let findings = choices.map { $0.violations(of: json, at: path) }
    let matching = findings.count { $0.isEmpty }
    if matching > 1, isExclusive { refuse(path, "matches \(matching) of the choices, not one") }
    guard matching == 0, let nearest = findings.min(by: { $0.count < $1.count }) else { return }
    violations += nearest
  }

  private func pointer(_ path: String, _ name: String) -> String {
    "\(path)/\(FieldReader.escaped(name))"
  }

  private mutating func mismatch(_ wanted: String, _ json: JSONValue, _ path: String) {
    refuse(path, "must be \(wanted), not \(json.kindName)")
  }

  private mutating func refuse(_ path: String, _ reason: String) {
    violations.append(FieldViolation(field: path.isEmpty ? "/" : path, reason: reason))
  }
}
