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
  /// Uses the token once and adds the worker, both or neither. Throws `.joinRefused`,
  /// `.conflict(.nameTaken(.worker))`, or `.invalid` when there are too many labels.
  package static func join(
    _ transaction: StoreTransaction, _ join: WorkerJoin
  ) async throws(StoreError) -> Worker {
    let tokenLabels = try await useToken(transaction, join)
    let labels: Labels
    do {
      labels = try Labels(join.labels.values.merging(tokenLabels.values) { _, token in token })
    } catch {
      throw .invalid(error)
    }
    let revision = try await transaction.nextRevision()
    let worker = try await transaction.one(
      WorkerSQL.insert,
      [
        .text(join.name.text), .json(labels.json.serializedText), .bytes(join.credentialSHA256),
        .int(Int64(join.capacityStreams)), .text(join.version), .int(revision),
      ], worker)
    guard let worker else { throw .corrupt("no worker was inserted") }
    transaction.record(.worker, id: worker.metadata.id, name: join.name.text, .created)
    return worker
  }

  /// Takes one use from the token and returns its labels. A wrong secret and an unknown token are one
  /// answer; digests of random secrets leave nothing to learn from the comparison's time.
  private static func useToken(
    _ transaction: StoreTransaction, _ join: WorkerJoin
  ) async throws(StoreError) -> Labels {
    let revision = try await transaction.nextRevision()
    let token = try await transaction.one(
      JoinTokenSQL.find, [.text(join.tokenPublicID), .bytes(join.tokenSecretSHA256)]
    ) { row throws(StoreError) in
      (
        id: try row.int("id"), name: try row.text("name"), labels: try row.labels("labels"),
        hasExpired: try row.bool("has_expired"), uses: try row.optionalInt("uses_remaining")
      )
    }
    guard let token else { throw .joinRefused(.unknownToken) }
    if token.hasExpired { throw .joinRefused(.expired) }
    if let uses = token.uses {
      if uses == 0 { throw .joinRefused(.usedUp) }
      _ = try await transaction.all(JoinTokenSQL.use, [.int(token.id), .int(revision)]) { _ in }
      transaction.record(.joinToken, id: token.id, name: token.name, .updated)
    }
    return token.labels
  }
}
