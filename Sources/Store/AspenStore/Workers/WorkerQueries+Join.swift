package import AspenModel
import AspenPostgres

/// A worker that wants to join with a token.
package struct WorkerJoin: Sendable, Hashable {
  /// The token's public part.
  package var tokenPublicID: String
  package var tokenSecretSHA256: [UInt8]
  package var name: ObjectName
  /// What the worker says of itself; the token's labels prevail.
  package var labels: Labels
  package var capacityStreams: Int
  package var version: String
  /// The digest of the credential that the worker is going to get.
  package var credentialSHA256: [UInt8]

  /// A request to join.
  package init(
    tokenPublicID: String, tokenSecretSHA256: [UInt8], name: ObjectName, labels: Labels = Labels(),
    capacityStreams: Int, version: String, credentialSHA256: [UInt8]
  ) {
    self.tokenPublicID = tokenPublicID
    self.tokenSecretSHA256 = tokenSecretSHA256
    self.name = name
    self.labels = labels
    self.capacityStreams = capacityStreams
    self.version = version
    self.credentialSHA256 = credentialSHA256
  }
}

extension WorkerQueries {
  /// Uses the token once and adds the worker, both or neither. The worker gets the token's site.
  ///
  /// A worker that asks again with the same name and credential, because the answer was lost, gets the same
  /// answer and uses up nothing. Throws `.joinRefused`, `.conflict(.nameTaken(.worker))`, or `.invalid` when
  /// there are too many labels.
  package static func join(
    _ transaction: StoreTransaction, _ join: WorkerJoin
  ) async throws(StoreError) -> Worker {
    let revision = try await transaction.nextRevision()
    let token = try await token(transaction, join)
    let known = try await transaction.one(
      WorkerSQL.byCredential, [.bytes(join.credentialSHA256)], worker)
    if let known, known.metadata.name == join.name { return known }
    if token.hasExpired { throw .joinRefused(.expired) }
    if token.token.usesRemaining == 0 { throw .joinRefused(.usedUp) }
    let used = try await transaction.one(
      JoinTokenSQL.use, [.int(token.token.metadata.id), .int(revision)]
    ) { row throws(StoreError) in try Resource(.joinToken, row) }
    guard let used else { throw .joinRefused(.unknownToken) }
    transaction.record(.touched(used))
    return try await add(transaction, join, token.token)
  }

  private static func add(
    _ transaction: StoreTransaction, _ join: WorkerJoin, _ token: JoinToken
  ) async throws(StoreError) -> Worker {
    let labels: Labels
    do {
      labels = try Labels(
        join.labels.values.merging(token.metadata.labels.values) { _, token in token })
    } catch {
      throw .invalid(error)
    }
    let revision = try await transaction.nextRevision()
    let added = try await transaction.one(
      WorkerSQL.insert,
      [
        .text(join.name.text), .json(labels.json.serializedText),
        .json(WorkerSpec(site: token.site).json.serializedText), .bytes(join.credentialSHA256),
        .int(Int64(join.capacityStreams)), .text(join.version), .int(revision),
      ]
    ) { row throws(StoreError) in (resource: try Resource(.worker, row), worker: try worker(row)) }
    guard let added else { throw .corrupt("no worker was inserted") }
    transaction.record(.created(added.resource))
    return added.worker
  }

  /// The token that a worker brings. A wrong secret and an unknown token are one answer; digests of random
  /// secrets leave nothing to learn from the comparison's time.
  private static func token(
    _ transaction: StoreTransaction, _ join: WorkerJoin
  ) async throws(StoreError) -> (token: JoinToken, hasExpired: Bool) {
    let found = try await transaction.one(
      JoinTokenSQL.find, [.text(join.tokenPublicID), .bytes(join.tokenSecretSHA256)]
    ) { row throws(StoreError) in
      (token: try JoinTokenQueries.token(row), hasExpired: try row.bool("has_expired"))
    }
    guard let found else { throw .joinRefused(.unknownToken) }
    return found
  }
}
