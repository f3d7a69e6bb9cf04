import AspenModel
import AspenStore

/// Brings every stored camera password under the current key.
struct SecretSealing: Sendable {
  let store: Store
  let sealer: SecretSealer

  /// What one pass did.
  struct Pass: Sendable {
    let count: Int
    /// Whether nothing was left.
    let isComplete: Bool
  }

  /// Seals at most `limit` passwords that are under another key. Throws when one of them cannot be opened,
  /// for its key is not known.
  func pass(limit: Int) async throws -> Pass {
    let others = try await CredentialQueries.sealed(
      store.pool, notUnder: sealer.currentKeyID, limit: limit)
    for stored in others { try await seal(stored) }
    return Pass(count: others.count, isComplete: others.count < limit)
  }

  /// Seals what an earlier version kept in the clear, and returns how many passwords that were.
  func sealLegacy() async throws -> Int {
    var count = 0
    while true {
      let clear = try await CredentialQueries.unsealed(store.pool)
      if clear.isEmpty { return count }
      for stored in clear { try await seal(stored) }
      count += clear.count
    }
  }

  /// A password that was changed meanwhile is left as it is: it is under the current key already.
  private func seal(_ stored: CameraCredential) async throws {
    let context = CameraRules.context(stored.cameraID)
    let password =
      switch stored.password {
      case .legacy(let password): password
      case .sealed(let sealed): try sealer.open(sealed, context: context)
      }
    _ = try await CredentialQueries.replace(
      store.pool, stored, with: try sealer.seal(password, context: context))
  }
}
