import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/<kind>s`, alike for every kind of resource.
struct ResourceHandlers: Sendable {
  let kind: ResourceKind
  let resources: ResourceService

  /// A page.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let rights = try request.caller().rights
    let fields = try request.fields()
    let page = try await resources.list(kind, try request.page(), rights)
    return .page(
      try await resources.views.encode(page.items), next: page.next?.text,
      revision: page.revision, fields: fields)
  }

  /// Makes one.
  func create(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try CreateBody(json: try request.json())
    return .change(try await resources.create(kind, body, try request.change()))
  }

  /// Makes a camera, and a stream of the same name unless `default_stream=false`.
  func createCamera(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try CreateBody(json: try request.json())
    let change = try request.change()
    guard try request.flag("default_stream") ?? true else {
      return .change(try await resources.create(kind, body, change))
    }
    let answer = try await resources.create(kind, body, change) { transaction, camera in
      let stream = CreateBody(
        name: body.name, labels: body.labels,
        spec: StreamSpec(camera: camera.metadata.name).json)
      _ = try await resources.make(transaction, .stream, stream, .none, change.rights)
    }
    return .change(answer)
  }

  /// One by its name.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    let fields = try request.fields()
    let resource = try await resources.get(
      kind, try request.pathName(), try request.caller().rights)
    return .resource(try await resources.views.encode(resource), fields: fields)
  }

  /// Changes one by a merge patch.
  func update(_ request: APIRequest) async throws -> HTTPResponse {
    .change(
      try await resources.update(
        kind, try request.pathName(), patch: try request.json(), try request.precondition(),
        try request.change()))
  }

  /// Removes one.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    .change(
      try await resources.delete(
        kind, try request.pathName(), try request.precondition(), try request.change()))
  }

  /// Its versions, newest first.
  func history(_ request: APIRequest) async throws -> HTTPResponse {
    let limit = try request.limit()
    let before = try request.query("cursor").map { text in
      guard let generation = Int64(text), generation > 0 else {
        throw ValidationError("cursor", "is none that this API gave")
      }
      return generation
    }
    var entries = try await resources.history(
      kind, try request.pathName(), before: before, limit: limit + 1,
      try request.caller().rights)
    let hasMore = entries.count > limit
    if hasMore { entries.removeLast() }
    return .page(
      entries.map(HistoryView.json),
      next: hasMore ? entries.last.map { "\($0.resourceVersion)" } : nil,
      revision: nil)
  }

  /// Gives it an earlier spec.
  func revert(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try RevertBody(json: try request.json())
    return .change(
      try await resources.revert(
        kind, try request.pathName(), to: body.generation, try request.precondition(),
        try request.change()))
  }
}

/// How the store's words about the past look in the API.
enum HistoryView {
  /// One version of a resource.
  static func json(_ entry: HistoryEntry) -> JSONValue {
    ResourceView.historyEntry(
      generation: entry.generation, resourceVersion: entry.resourceVersion,
      operation: entry.operation.rawValue, labels: entry.labels, annotations: entry.annotations,
      spec: entry.spec, actor: entry.actor, at: entry.at)
  }
}
