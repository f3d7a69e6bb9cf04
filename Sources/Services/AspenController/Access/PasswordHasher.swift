import AspenCrypto
import AspenModel
import AspenNet

/// Hashes and checks passwords on threads of its own.
///
/// Two at once, so that sign-ins take at most 64 MiB and leave processors to the frames. 32 more wait,
/// which is some two seconds of work; beyond that `PasswordError.busy` says to try again.
final class PasswordHasher: Sendable {
  private static let maxThreads = 2
  private static let maxWaiting = 32

  private let pool: BlockingPool
  private let cost: PasswordHash.Cost
  /// Compared with when there is no user, so that the time does not tell which names exist.
  private let nobody: String

  /// A hasher; tests choose a lower cost.
  convenience init(cost: PasswordHash.Cost = .current) {
    self.init(
      cost: cost,
      pool: BlockingPool(
        name: "passwords", maxThreads: Self.maxThreads, maxWaiting: Self.maxWaiting))
  }

  init(cost: PasswordHash.Cost, pool: BlockingPool) {
    self.cost = cost
    self.pool = pool
    nobody =
      "scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)"
      + "$\(Base64URL.encode(RandomBytes.generate(PasswordHash.saltBytes)))"
      + "$\(Base64URL.encode(RandomBytes.generate(PasswordHash.hashBytes)))"
  }

  /// The text to store for a password. Its rules are checked before, by `PasswordRules`.
  func make(_ password: Secret) async throws -> String {
    let cost = cost
    return try await run {
      try PasswordHash(
        of: password, salt: RandomBytes.generate(PasswordHash.saltBytes), cost: cost
      ).text
    }
  }

  /// Whether `password` is the one that was stored. Without a stored text, for an unknown user or one
  /// without a password, it takes as long and says no.
  func verify(_ password: Secret, against stored: String?) async throws -> Bool {
    guard password.revealed.utf8.count <= UserSpecInput.maxPasswordBytes else { return false }
    guard let hash = PasswordHash(parsing: stored ?? nobody) else {
      throw PasswordError.malformedHash
    }
    return try await run { try hash.matches(password) } && stored != nil
  }

  /// Lets the threads end; later calls throw.
  func stop() { pool.stop() }

  private func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    do {
      return try await pool.run(work)
    } catch NetError.queueFull {
      throw PasswordError.busy
    } catch {
      throw PasswordError.failed("\(error)")
    }
  }
}

/// Why a password could not be hashed or compared.
enum PasswordError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Too many passwords are being checked; this one was not. Nothing is wrong with it.
  case busy
  /// The stored text is not one of a password, or asks for more than is allowed.
  case malformedHash
  /// No memory, or the pool has stopped.
  case failed(String)

  var description: String {
    switch self {
    case .busy: "too many passwords are being checked at this moment; try again in a second"
    case .malformedHash: "the stored password cannot be read"
    case .failed(let reason): "the password cannot be checked: \(reason)"
    }
  }
}
