import AspenAPI
import AspenModel
import AspenStore

/// Carries out changes: in one transaction, once for each idempotency key, for show on a dry run.
struct ChangeRunner: Sendable {
  let store: Store
  let sealer: SecretSealer?

  /// Runs `body` in a transaction and returns its answer, or the answer that its key has had before.
  /// Throws what `body` throws, and then nothing has changed.
  func run(
    _ request: ChangeRequest,
    _ body: @Sendable (StoreTransaction) async throws -> ChangeAnswer
  ) async throws -> ChangeAnswer {
    try await store.write(origin: request.origin, dryRun: request.isDryRun) { transaction in
      // From here on this is the only writer: what is read stays true, and of two requests with one
      // key the second finds the answer of the first.
      try await transaction.takeTurn()
      guard let key = request.idempotency, !request.isDryRun else {
        return try await body(transaction)
      }
      if let known = try await IdempotencyQueries.find(
        transaction, principal: key.owner, key: key.key)
      {
        return try replay(known, key)
      }
      let answer = try await body(transaction)
      try await IdempotencyQueries.save(
        transaction, principal: key.owner, key: key.key, try kept(answer, key))
      return answer
    }
  }

  /// The names of the members in which an answer's headers are kept.
  private enum Member {
    static let location = "location"
    /// There is no key to seal a secret with, so the body was not kept.
    static let withheld = "withheld"
  }

  private func replay(_ known: IdempotentAnswer, _ key: IdempotencyKey) throws -> ChangeAnswer {
    guard known.requestSHA256 == key.requestSHA256 else {
      throw Problem(
        .idempotencyKeyReused, "the Idempotency-Key was used for another request",
        errors: [FieldViolation(field: "Idempotency-Key", reason: "was used for another request")])
    }
    if known.headers[Member.withheld] != nil { throw Self.gone }
    let bytes: [UInt8]
    switch known.body {
    case .plain(let text): bytes = text
    case .sealed(let sealed):
      guard let sealer else { throw Self.gone }
      bytes = try sealer.openBytes(sealed, context: Self.context(key))
    }
    return ChangeAnswer(
      status: known.status, body: bytes.isEmpty ? nil : try JSONValue(parsing: bytes),
      location: known.headers[Member.location]?.text, isReplayed: true)
  }

  /// An answer that shows a secret is kept sealed, or without a key not at all.
  private func kept(_ answer: ChangeAnswer, _ key: IdempotencyKey) throws -> IdempotentAnswer {
    var headers: [JSONValue.Member] = []
    if let location = answer.location {
      headers.append(.init(Member.location, .string(location)))
    }
    var body = IdempotentAnswer.Body.plain(answer.body?.serialized ?? [])
    if answer.holdsSecret, let json = answer.body {
      if let sealer {
        body = .sealed(try sealer.seal(json.serialized, context: Self.context(key)))
      } else {
        headers.append(.init(Member.withheld, "secret"))
        body = .plain([])
      }
    }
    return IdempotentAnswer(
      requestSHA256: key.requestSHA256, status: answer.status, headers: .object(headers),
      body: body)
  }

  private static func context(_ key: IdempotencyKey) -> String {
    "idempotency/\(key.owner)/\(key.key)"
  }

  private static let gone = Problem(
    .conflict,
    "the request was carried out before; its answer showed a secret, which is not kept: delete what "
      + "it made and ask anew")
}
