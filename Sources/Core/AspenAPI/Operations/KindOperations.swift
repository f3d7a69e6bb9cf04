package import AspenModel

/// The operations that every kind has which users write.
package struct KindOperations: Sendable {
  package let kind: ResourceKind
  package let list: APIOperation
  /// Nil for workers: they come by joining.
  package let create: APIOperation?
  package let get: APIOperation
  package let update: APIOperation
  package let delete: APIOperation
  package let history: APIOperation
  package let revert: APIOperation

  /// The kinds that have these operations.
  package static let kinds: [ResourceKind] = [
    .camera, .stream, .worker, .site, .token, .roleBinding, .user, .joinToken,
  ]

  /// All of them.
  package var all: [APIOperation] {
    [list] + (create.map { [$0] } ?? []) + [get, update, delete, history, revert]
  }
}

/// What the operations of one kind do not have in common with those of others.
struct KindTraits {
  let kind: ResourceKind
  let tag: APITag
  let readAccess: APIAccess
  let writeAccess: APIAccess
  /// Its schemas.
  let components: KindComponents
  var createParameters: [APIParameter] = []
  /// A body of a create request.
  var createExample: JSONValue = .object([])
  /// A patch.
  var updateExample: JSONValue = .object([])
  var createNote = ""
  var updateNote = ""
  var deleteNote = ""
  /// Whether it goes only when its streams have stopped.
  var deletesLater = false
  var hasCreate = true
}

extension KindOperations {
  /// Declares the operations of a kind.
  init(_ traits: KindTraits) {
    let writer = KindWriter(traits: traits)
    kind = traits.kind
    list = writer.list
    create = traits.hasCreate ? writer.create : nil
    get = writer.get
    update = writer.update
    delete = writer.delete
    history = writer.history
    revert = writer.revert
  }
}

/// Puts the declarations of one kind together.
private struct KindWriter {
  let traits: KindTraits

  private var noun: String { traits.kind.rawValue }
  private var words: String { traits.kind.words }
  private var collection: String { "/v1/\(traits.kind.plural)" }
  private var item: String { "/v1/\(traits.kind.plural)/{name}" }
  private var resource: APISchema { .component(traits.components.resource) }

  var list: APIOperation {
    APIOperation(
      noun + "_list", "GET", collection, "List \(words)s", tag: traits.tag,
      access: traits.readAccess, kind: traits.kind, parameters: APIParameter.ofLists,
      answers: [
        .json(
          200, "A page of \(words)s.", .component(traits.components.page),
          part: .component(.partPage))
      ])
  }

  var create: APIOperation {
    APIOperation(
      noun + "_create", "POST", collection, "Create a \(words)", description: traits.createNote,
      tag: traits.tag, access: traits.writeAccess, kind: traits.kind,
      parameters: traits.createParameters,
      body: .json(.component(traits.components.create), example: traits.createExample),
      answers: [
        .json(
          201, "The \(words).", .component(traits.components.created),
          headers: [.eTag, .location, .idempotencyReplayed])
      ], traits: [.dryRun, .idempotencyKey])
  }

  var get: APIOperation {
    APIOperation(
      noun + "_get", "GET", item, "Show a \(words)", tag: traits.tag, access: traits.readAccess,
      kind: traits.kind, parameters: [.fields],
      answers: [
        .json(
          200, "The \(words).", resource, part: .component(.resourcePart), headers: [.eTag])
      ])
  }

  var update: APIOperation {
    APIOperation(
      noun + "_update", "PATCH", item, "Change a \(words)",
      description: "A JSON Merge Patch (RFC 7396): null removes a field." + more(traits.updateNote),
      tag: traits.tag, access: traits.writeAccess, kind: traits.kind,
      body: .patch(.component(traits.components.update), example: traits.updateExample),
      answers: [.json(200, "The \(words) after the change.", resource, headers: [.eTag])],
      traits: [.dryRun, .ifMatch])
  }

  var delete: APIOperation {
    let waiting = APIAnswer.json(
      202, "It goes when its streams have stopped: `deletion_requested_at` is set.", resource,
      headers: [.eTag])
    return APIOperation(
      noun + "_delete", "DELETE", item, "Delete a \(words)", description: traits.deleteNote,
      tag: traits.tag, access: traits.writeAccess, kind: traits.kind,
      answers: (traits.deletesLater ? [waiting] : []) + [.noContent("It is gone.")],
      traits: [.dryRun, .ifMatch])
  }

  var history: APIOperation {
    APIOperation(
      noun + "_history", "GET", item + "/history", "List what a \(words) was before",
      description: "Newest first; the newest 100 changes are kept.", tag: traits.tag,
      access: traits.readAccess, kind: traits.kind, parameters: [.limit, .numberCursor],
      answers: [
        .json(200, "A page of its history.", .component(traits.components.history))
      ])
  }

  var revert: APIOperation {
    APIOperation(
      noun + "_revert", "POST", item + "/revert", "Make a \(words) what it was before",
      description: "Labels, annotations and spec become those of the generation. A secret stays.",
      tag: traits.tag, access: traits.writeAccess, kind: traits.kind,
      body: .json(.component(.revert), example: ["generation": 1]),
      answers: [
        .json(
          200, "The \(words) after the change.", resource, headers: [.eTag, .idempotencyReplayed])
      ], traits: [.dryRun, .ifMatch, .idempotencyKey])
  }

  private func more(_ note: String) -> String {
    note.isEmpty ? "" : " " + note
  }
}
