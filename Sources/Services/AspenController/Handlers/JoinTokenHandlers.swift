import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/join-tokens`.
struct JoinTokenHandlers: Sendable {
  let store: Store
  let now: @Sendable () -> Timestamp

  /// A page of join tokens, without their secrets.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let page = try await JoinTokenQueries.list(store.pool, try request.page())
    return .page(page.items.map { ResourceView.joinToken($0) }, next: page.next)
  }

  /// Makes a join token. Only this answer holds it.
  func create(_ request: APIRequest) async throws -> HTTPResponse {
    let body = try CreateBody(json: try request.json())
    let spec = try JoinTokenSpec(json: body.spec)
    let text = JoinTokenText.make()
    let stored = try await store.write { transaction in
      try await JoinTokenQueries.create(
        transaction, name: body.name, labels: body.labels, publicID: text.publicID,
        secretSHA256: text.digest, expiresAt: expiry(spec), usesRemaining: spec.uses)
    }
    return .resource(
      201, ResourceView.joinToken(stored, token: text.token),
      location: "/v1/join-tokens/\(body.name)")
  }

  /// One join token.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    .resource(200, ResourceView.joinToken(try await find(request)))
  }

  /// Changes labels, uses or expiry.
  func update(_ request: APIRequest) async throws -> HTTPResponse {
    let current = try await find(request)
    let body = try UpdateBody(
      json: try request.json(), labels: current.metadata.labels, spec: .object([]))
    let spec = try JoinTokenSpec(json: body.spec)
    let version = try request.expectedVersion() ?? current.metadata.resourceVersion
    let changed = try await store.write { transaction in
      try await JoinTokenQueries.update(
        transaction, name: current.metadata.name, expectedVersion: version, labels: body.labels,
        expiresAt: expiry(spec), usesRemaining: spec.uses)
    }
    return .resource(200, ResourceView.joinToken(changed))
  }

  /// Deletes a join token; workers that joined with it stay.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    let name = try request.pathName("name")
    let version = try request.expectedVersion()
    try await store.write { transaction in
      try await JoinTokenQueries.delete(transaction, name: name, expectedVersion: version)
    }
    return .noContent
  }

  private func find(_ request: APIRequest) async throws -> JoinToken {
    try await JoinTokenQueries.get(store.pool, name: try request.pathName("name"))
  }

  private func expiry(_ spec: JoinTokenSpec) -> Timestamp? {
    spec.expiresInSeconds.map { seconds in
      Timestamp(microseconds: now().microseconds + seconds * 1_000_000)
    }
  }
}
