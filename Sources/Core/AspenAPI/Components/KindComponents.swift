import AspenModel

/// The schemas of one kind of resource.
package struct KindComponents: Sendable {
  /// As it is shown.
  package let resource: APIComponent
  /// As its creation shows it.
  package let created: APIComponent
  package let page: APIComponent
  package let create: APIComponent
  package let update: APIComponent
  package let history: APIComponent
  /// One document of `/v1/apply`.
  package let document: APIComponent
}

/// What a kind's schemas are made of.
struct KindShape: Sendable {
  let kind: ResourceKind
  /// The name of its schema: `RoleBinding`.
  let name: String
  /// The spec as it is stored and shown.
  let spec: APIComponent
  /// The spec as it is sent.
  let input: APIComponent
  /// The spec as it is sent to make one, if that needs more.
  var createInput: APIComponent?
  /// Whether a spec may be left out, since everything in it may.
  var isSpecOptional = false
  /// The fields that a patch may change: those of the input, as if all could be left out.
  let patch: @Sendable () -> [APIField]
  let status: @Sendable () -> APISchema
  /// Members of the answer to a creation besides those of the resource.
  var createdFields: @Sendable () -> [APIField] = { [] }
}

extension KindComponents {
  /// Makes the schemas of a kind.
  init(_ shape: KindShape) {
    let name = shape.name
    let words = shape.kind.words
    let resource = APIComponent(name) { .object(Self.members(shape)) }
    self.resource = resource
    created =
      shape.createdFields().isEmpty
      ? resource
      : APIComponent(name + "Created") { .object(Self.members(shape) + shape.createdFields()) }
    page = APIComponent(name + "Page") { Self.page(of: .component(resource)) }
    create = APIComponent(name + "Create") {
      .object(Self.inputFields(shape, spec: shape.createInput ?? shape.input))
    }
    document = APIComponent(name + "Document") {
      .object(
        [.required("kind", .choice([shape.kind.rawValue]))]
          + Self.inputFields(shape, spec: shape.input))
    }
    update = APIComponent(name + "Update") {
      .object([
        .input("labels", .component(.labelsPatch)),
        .input("annotations", .component(.annotationsPatch)),
        .input(
          "spec",
          .patch(
            of: shape.patch(), "The fields of the \(words)'s spec to change; null removes one.")),
      ])
    }
    history = APIComponent(name + "History") {
      .object([
        .required("items", .array(of: Self.historyEntry(shape))),
        .optional("next_cursor", .component(.nextCursor)),
      ])
    }
  }

  /// What a client says of a whole resource.
  private static func inputFields(_ shape: KindShape, spec input: APIComponent) -> [APIField] {
    let spec = APISchema.component(input)
    return [
      .required("name", .component(.objectName)), .input("labels", .component(.labels)),
      .input("annotations", .component(.annotations)),
      shape.isSpecOptional ? .input("spec", spec) : .required("spec", spec),
    ]
  }

  /// A page of a list of resources.
  private static func page(of item: APISchema) -> APISchema {
    .object([
      .required("items", .array(of: item, 0...APIParameter.longestPage)),
      .optional("next_cursor", .component(.nextCursor)),
      .required("revision", .component(.revision)),
    ])
  }

  private static func members(_ shape: KindShape) -> [APIField] {
    [
      .required("kind", .choice([shape.kind.rawValue])),
      .required("id", .integer(1...Int64.max, "Never used again for another.")),
      .required("name", .component(.objectName)), .required("labels", .component(.labels)),
      .required("annotations", .component(.annotations)),
      .required("generation", .component(.generation)),
      .required("resource_version", .component(.resourceVersion)),
      .required("created_at", .component(.timestamp)),
      .required("updated_at", .component(.timestamp)),
      .optional(
        "deletion_requested_at",
        .component(.timestamp, "Since when it waits to go, until its streams have stopped.")),
      .required("spec", .component(shape.spec)), .required("status", shape.status()),
    ]
  }

  private static func historyEntry(_ shape: KindShape) -> APISchema {
    .object([
      .required("generation", .component(.generation)),
      .required("resource_version", .component(.resourceVersion)),
      .required("operation", .choice(["created", "updated", "deleted"])),
      .required("labels", .component(.labels)),
      .required("annotations", .component(.annotations)),
      .required("spec", .component(shape.spec)), .required("actor", .component(.actor)),
      .required("at", .component(.timestamp)),
    ])
  }
}

extension APISchema {
  /// A merge patch (RFC 7396) of `fields`. To remove what is not there changes nothing.
  static func patch(of fields: [APIField], _ description: String) -> APISchema {
    .object(
      fields.map { .input($0.name, $0.schema.nonNull) }, others: APISchema(.null), description)
  }

  /// The same without null.
  private var nonNull: APISchema {
    if case .nullable(let inner) = shape { inner } else { self }
  }
}
