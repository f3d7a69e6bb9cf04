package import AspenModel
package import AspenPostgres

/// The answer to a request with an idempotency key.
package struct IdempotentAnswer: Sendable, Hashable {
  /// A body as it is kept.
  package enum Body: Sendable, Hashable {
    case plain([UInt8])
    /// One that holds a secret.
    case sealed(SealedSecret)
  }

  /// The digest of the request, which a repeated one must have too.
  package let requestSHA256: [UInt8]
  package let status: Int
  /// A JSON object of strings.
  package let headers: JSONValue
  package let body: Body

  /// An answer of its parts.
  package init(requestSHA256: [UInt8], status: Int, headers: JSONValue, body: Body) {
    self.requestSHA256 = requestSHA256
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Answers that a repeated request gets again, by who asked and the key.
package enum IdempotencyQueries {
  /// The answer that was given, or nil. Waits for other writers, so that of two equal requests that come at
  /// once the second finds the answer of the first.
  package static func find(
    _ transaction: StoreTransaction, principal: String, key: String
  ) async throws(StoreError) -> IdempotentAnswer? {
    try await transaction.takeTurn()
    return try await transaction.one(
      """
      SELECT request_sha256, status, headers, body, body_key FROM idempotency_keys
      WHERE principal = $1 AND key = $2
      """, [.text(principal), .text(key)]
    ) { row throws(StoreError) in
      let bytes = try row.bytes("body")
      let sealed = try row.sealed("body", key: "body_key")
      return IdempotentAnswer(
        requestSHA256: try row.bytes("request_sha256"), status: Int(try row.int("status")),
        headers: try row.json("headers"), body: sealed.map { .sealed($0) } ?? .plain(bytes))
    }
  }

  /// Keeps an answer, in the transaction of what it tells. Throws `.conflict(.duplicate)` when there is one.
  package static func save(
    _ transaction: StoreTransaction, principal: String, key: String, _ answer: IdempotentAnswer
  ) async throws(StoreError) {
    let (body, keyID): ([UInt8], String?) =
      switch answer.body {
      case .plain(let bytes): (bytes, nil)
      case .sealed(let sealed): (sealed.bytes, sealed.keyID)
      }
    _ = try await transaction.all(
      """
      INSERT INTO idempotency_keys (
        principal, key, request_sha256, status, headers, body, body_key)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [
        .text(principal), .text(key), .bytes(answer.requestSHA256), .int(Int64(answer.status)),
        .json(answer.headers.serializedText), .bytes(body), .optional(keyID),
      ]
    ) { _ in }
  }

  /// Forgets answers that are older than `age`.
  package static func trim(
    _ executor: some PostgresExecutor, olderThan age: Duration
  ) async throws(StoreError) {
    _ = try await executor.all(
      "DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1)",
      [.double(Double(age.components.seconds))]
    ) { _ in }
  }
}
