import AspenAPI
import AspenModel
import AspenStore

/// What became of one document of an apply.
struct ApplyOutcome: Sendable {
  enum Action: String, Sendable {
    case created
    case updated
    case unchanged
  }

  let action: Action
  let resource: Resource
  let changes: [FieldChange]
}

extension ResourceService {
  /// Makes everything as the documents say, in their order, all of it or nothing.
  func apply(
    _ documents: [ApplyDocument], _ request: ChangeRequest,
    then: (@Sendable (StoreTransaction) async throws -> [(String, JSONValue)])? = nil
  ) async throws -> ChangeAnswer {
    var preparations: [SpecPreparation] = []
    for (index, document) in documents.enumerated() {
      preparations.append(
        try await Self.located(at: index) {
          try await rules(of: document.kind).prepare(document.spec, of: document.name)
        })
    }
    let prepared = Array(zip(documents, preparations))
    let answer = try await runner.run(request) { transaction in
      var results: [JSONValue] = []
      for (index, (document, preparation)) in prepared.enumerated() {
        let outcome = try await Self.located(at: index) {
          try await apply(document, preparation, in: transaction, request.rights)
        }
        results.append(
          ResourceView.applyResult(
            action: outcome.action.rawValue, changes: outcome.changes,
            resource: try await views.encode(outcome.resource, in: transaction)))
      }
      let more: [(String, JSONValue)]
      if let then {
        more = try await then(transaction)
      } else {
        more = [("revision", .integer(try await transaction.newestRevision()))]
      }
      return ChangeAnswer(
        status: 200, body: .object(compacting: [("results", .array(results))] + more))
    }
    if !request.isDryRun {
      for kind in Set(documents.map(\.kind)) { changed(kind) }
    }
    return answer
  }

  private func apply(
    _ document: ApplyDocument, _ preparation: SpecPreparation, in transaction: StoreTransaction,
    _ rights: AccessRights
  ) async throws -> ApplyOutcome {
    let body = CreateBody(
      name: document.name, labels: document.labels, annotations: document.annotations,
      spec: document.spec)
    let writing = AccessRights.writing(document.kind)
    guard rights.mayCall(writing.role, in: writing.scope) else {
      throw Problem(
        .forbidden, "a \(document.kind.words) needs the role \(writing.role.rawValue)")
    }
    guard
      try await ResourceQueries.find(transaction, document.kind, document.name) != nil
    else {
      if document.kind == .worker { throw StoreError.notFound(.worker) }
      let (resource, _) = try await make(
        transaction, document.kind, body, preparation, rights)
      return ApplyOutcome(action: .created, resource: resource, changes: [])
    }
    let current = try await editable(transaction, document.kind, document.name, rights)
    let changed = try await edit(
      transaction, current,
      UpdateBody(labels: body.labels, annotations: body.annotations, spec: body.spec),
      preparation, rights)
    let changes = FieldChange.between(current, changed)
    return ApplyOutcome(
      action: changed.metadata.resourceVersion == current.metadata.resourceVersion
        ? .unchanged : .updated,
      resource: changed, changes: changes)
  }

  /// Names the document in whatever is wrong with it.
  private static func located<T: Sendable>(
    at index: Int, _ body: () async throws -> T
  ) async throws -> T {
    let place = "/documents/\(index)"
    do {
      return try await body()
    } catch let error as ValidationError {
      throw error.below(place)
    } catch let error as Problem {
      throw error.below(place)
    } catch let error as StoreError {
      switch error {
      case .invalid, .missingReference, .conflict, .notFound, .stillReferenced:
        throw Problem(error).below(place)
      default: throw error
      }
    }
  }
}

extension ValidationError {
  /// The same errors of a value that is part of another.
  func below(_ place: String) -> ValidationError {
    ValidationError(
      violations.map { FieldViolation(field: place + $0.field, reason: $0.reason) })
  }
}

extension Problem {
  /// The same problem of a value that is part of another.
  func below(_ place: String) -> Problem {
    let located = errors.map { FieldViolation(field: place + $0.field, reason: $0.reason) }
    return Problem(
      code, detail,
      errors: located.isEmpty ? [FieldViolation(field: place, reason: detail)] : located)
  }
}
