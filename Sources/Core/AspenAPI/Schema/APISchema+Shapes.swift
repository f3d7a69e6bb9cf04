extension APISchema {
  /// A value of any kind.
  package static let any = APISchema(.any)
  /// True or false.
  package static let boolean = APISchema(.boolean)

  /// A whole number.
  package static func integer(
    _ range: ClosedRange<Int64> = 0...Int64.max, _ description: String? = nil
  ) -> APISchema {
    APISchema(.integer(range), description)
  }

  /// A number.
  package static func number(
    _ range: ClosedRange<Double> = 0...Double.infinity, _ description: String? = nil
  ) -> APISchema {
    APISchema(.number(range), description)
  }

  /// A string.
  package static func text(
    _ length: ClosedRange<Int> = 0...Int.max, pattern: String? = nil, format: String? = nil,
    _ description: String? = nil
  ) -> APISchema {
    APISchema(.text(length: length, pattern: pattern, format: format), description)
  }

  /// One of the raw values of an enumeration.
  package static func choice<T>(of type: T.Type, _ description: String? = nil) -> APISchema
  where T: RawRepresentable & CaseIterable, T.RawValue == String {
    APISchema(.choice(T.allCases.map(\.rawValue)), description)
  }

  /// One of these strings.
  package static func choice(_ words: [String], _ description: String? = nil) -> APISchema {
    APISchema(.choice(words), description)
  }

  /// A list.
  package static func array(
    of element: APISchema, _ count: ClosedRange<Int> = 0...Int.max, _ description: String? = nil
  ) -> APISchema {
    APISchema(.array(element, count: count), description)
  }

  /// An object with these members and no others.
  package static func object(_ fields: [APIField], _ description: String? = nil) -> APISchema {
    APISchema(.object(fields, others: nil), description)
  }

  /// An object with these members, and others of `others`.
  package static func object(
    _ fields: [APIField], others: APISchema, _ description: String? = nil
  ) -> APISchema {
    APISchema(.object(fields, others: others), description)
  }

  /// A schema by its name.
  package static func component(
    _ component: APIComponent, _ description: String? = nil
  ) -> APISchema {
    APISchema(.component(component), description)
  }
}
