import AspenModel

/// A label selector as a parameter of SQL: a JSON array with an object for each term.
enum LabelMatch {
  /// SQL that holds when the labels fulfil every term. The statement stays the same for every selector,
  /// and what users write is never part of it.
  static func condition(labels: String, selector: String) -> String {
    """
    NOT EXISTS (
      SELECT FROM jsonb_array_elements(\(selector)::jsonb) AS term
      WHERE NOT CASE term ->> 'is'
        WHEN 'present' THEN \(labels) ? (term ->> 'key')
        WHEN 'absent' THEN NOT \(labels) ? (term ->> 'key')
        WHEN 'in' THEN coalesce(term -> 'values' ? (\(labels) ->> (term ->> 'key')), false)
        WHEN 'notin' THEN NOT coalesce(term -> 'values' ? (\(labels) ->> (term ->> 'key')), false)
        ELSE false
      END)
    """
  }

  static func json(_ selector: LabelSelector) -> JSONValue {
    .array(
      selector.terms.map { term in
        switch term {
        case .exists(let key): ["is": "present", "key": .string(key)]
        case .isAbsent(let key): ["is": "absent", "key": .string(key)]
        case .isOneOf(let key, let values):
          ["is": "in", "key": .string(key), "values": .array(values.map { .string($0) })]
        case .isNoneOf(let key, let values):
          ["is": "notin", "key": .string(key), "values": .array(values.map { .string($0) })]
        }
      })
  }
}
