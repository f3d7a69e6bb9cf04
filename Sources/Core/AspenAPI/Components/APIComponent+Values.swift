import AspenModel

extension APIComponent {
  static let objectName = APIComponent("Name") {
    APISchema.text(1...63, pattern: APIPattern.objectName).described(
      "1 to 63 of a-z, 0-9, `-` and `.`, beginning and ending with a letter or digit."
    ).example("yard")
  }

  static let labels = APIComponent("Labels") {
    APISchema(
      .map(
        keys: APIPattern.labelKey, values: .text(0...63, pattern: APIPattern.labelValue),
        maxCount: Labels.maxCount, others: nil),
      "At most 32; a key has 1 to 63 and a value 0 to 63 of letters, digits and `- _ . /`."
    ).example(["site": "home"])
  }

  static let labelsPatch = APIComponent("LabelsPatch") {
    APISchema(
      .map(
        keys: APIPattern.labelKey,
        values: APISchema.text(0...63, pattern: APIPattern.labelValue).orNull,
        maxCount: Int.max, others: APISchema(.null)),
      "Labels to set; null removes one. At most 32 may be left.")
  }

  static let annotations = APIComponent("Annotations") {
    APISchema(
      .map(
        keys: APIPattern.labelKey, values: annotation, maxCount: Annotations.maxCount,
        others: nil),
      "Notes for people and programs. At most 32; a value has at most 4,096 bytes.")
  }

  static let annotationsPatch = APIComponent("AnnotationsPatch") {
    APISchema(
      .map(
        keys: APIPattern.labelKey, values: annotation.orNull, maxCount: Int.max,
        others: APISchema(.null)), "Annotations to set; null removes one. At most 32 may be left.")
  }

  private static var annotation: APISchema {
    .text(0...Annotations.maxValueBytes, pattern: APIPattern.withoutNUL)
  }

  static let selector = APIComponent("Selector") {
    APISchema.text(0...1024, pattern: APIPattern.selector).described(
      """
      Terms separated by commas, all of which must hold: `key`, `!key`, `key=value`, `key!=value`, \
      `key in (a,b)`, `key notin (a,b)`; at most 16.
      """
    ).example("site=home,floor in (1,2)")
  }

  static let timestamp = APIComponent("Timestamp") {
    APISchema.text(24...24, pattern: APIPattern.timestamp, format: "date-time").described(
      "RFC 3339, in UTC with milliseconds."
    ).example("2026-01-31T12:00:00.000Z")
  }

  static let timestampInput = APIComponent("TimestampInput") {
    APISchema.text(1...40, format: "date-time").described("RFC 3339.").example(
      "2026-01-31T12:00:00Z")
  }

  static let generation = APIComponent("Generation") {
    .integer(1...Int64.max, "Grows with every change of the spec.")
  }

  static let resourceVersion = APIComponent("ResourceVersion") {
    .integer(1...Int64.max, "Grows with every change of any kind, over all resources.")
  }

  static let revision = APIComponent("Revision") {
    .integer(0...Int64.max, "The newest change that the answer shows; watch from here.")
  }

  static let nextCursor = APIComponent("NextCursor") {
    .text(
      1...1024, pattern: APIPattern.base64URL,
      "Asks for the next page; absent on the last one.")
  }

  static let actor = APIComponent("Actor") {
    .object(
      [.required("kind", .choice(of: ActorKind.self)), .required("name", .text(0...256))],
      "Somebody who does things.")
  }

  static let role = APIComponent("Role") {
    .choice(of: AccessRole.self, "Each may do all that the ones before it may.")
  }

  static let condition = APIComponent("Condition") {
    .object(
      [
        .required("type", .choice(of: Condition.Kind.self)),
        .required("status", .choice(of: Condition.Status.self)),
        .required("reason", .text(1...64, pattern: "^[A-Z][A-Za-z0-9]*$", "Stable for programs.")),
        .required("message", .text("The same in words.")),
        .optional("since", .component(.timestamp)),
      ], "One thing that holds, does not hold, or is not known.")
  }

  static var conditions: APISchema { .array(of: .component(condition), 0...8) }

  static let siteName = APIComponent("SiteName") {
    APISchema.component(.objectName, "The site that it is at.")
  }
}

extension APISchema {
  /// A string with nothing to be said of it but this.
  static func text(_ description: String) -> APISchema {
    .text(0...Int.max, description)
  }
}
