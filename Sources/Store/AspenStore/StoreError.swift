package import AspenModel
package import AspenPostgres

/// Why the store did not do what was asked.
package enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What stands in the way of a change.
  package enum Conflict: Sendable, Hashable {
    /// Another resource of the kind has the name.
    case nameTaken(ResourceKind)
    /// Another resource has a value that must be unique, such as a secret's digest.
    case duplicate(constraint: String)
    /// The resource has another version than the caller expects.
    case versionMismatch(expected: Int64, actual: Int64)
  }

  /// Why a worker may not join.
  package enum JoinRefusal: Sendable, Hashable {
    /// There is no such token, or its secret is another.
    case unknownToken
    case expired
    case usedUp
  }

  /// The database cannot be asked now; try again later. A change may or may not have happened.
  case unavailable(String)
  /// The caller's task was cancelled.
  case cancelled
  case notFound(ResourceKind)
  case conflict(Conflict)
  /// The change names a resource that is not there.
  case missingReference(ResourceKind)
  /// The resource cannot go while others name it.
  case stillReferenced(by: ResourceKind)
  /// The plan was made from a state that is no longer; these streams differ. Nothing was changed.
  case stale(streamIDs: [Int64])
  /// The write is one of a leader that leads no longer. Nothing was changed.
  case notLeader(epoch: Int64)
  case joinRefused(JoinRefusal)
  /// The feed no longer holds all changes after the revision that was asked for, or never had it. List
  /// again and follow from there.
  case revisionGone(oldest: Int64, newest: Int64)
  /// What was to be stored is not valid.
  case invalid(ValidationError)
  /// A stored row does not have the form that this program expects.
  case corrupt(String)
  /// The database refused in a way that no caller can have caused: a bug.
  case database(PostgresError)

  /// The failure in words.
  package var description: String {
    switch self {
    case .unavailable(let message): message
    case .cancelled: "cancelled"
    case .notFound(let kind): "no such \(kind.words)"
    case .conflict(.nameTaken(let kind)): "another \(kind.words) has this name"
    case .conflict(.duplicate(let constraint)): "another row has this value (\(constraint))"
    case .conflict(.versionMismatch(let expected, let actual)):
      "the version is \(actual) and not \(expected)"
    case .missingReference(let kind): "the \(kind.words) that it names does not exist"
    case .stillReferenced(let kind): "a \(kind.words) still needs it"
    case .stale(let ids): "the plan is out of date for \(ids.count) streams"
    case .notLeader(let epoch): "leadership of epoch \(epoch) is over"
    case .joinRefused(.unknownToken): "the join token is not valid"
    case .joinRefused(.expired): "the join token has expired"
    case .joinRefused(.usedUp): "the join token is used up"
    case .revisionGone(let oldest, let newest): "the feed holds revisions \(oldest) to \(newest)"
    case .invalid(let error): error.description
    case .corrupt(let message): "a stored row is malformed: \(message)"
    case .database(let error): error.description
    }
  }
}

extension StoreError {
  /// A spec that was stored. It is checked on the way out too, since a database can be edited.
  static func checked<T>(
    _ make: () throws(ValidationError) -> T
  ) throws(StoreError) -> T {
    do {
      return try make()
    } catch {
      throw .corrupt("a spec: \(error)")
    }
  }

  /// The store's words for a failure of the database.
  init(_ error: PostgresError) {
    switch error {
    case .unavailable, .timeout: self = .unavailable(error.description)
    case .cancelled: self = .cancelled
    case .decode(let column, let message): self = .corrupt("column \(column) \(message)")
    case .encode, .configuration: self = .database(error)
    case .server(let sqlstate, let message, let constraint, let table, _):
      switch sqlstate {
      case "23505": self = .conflict(Self.conflict(constraint ?? "", table))
      // Deleting what is referenced is checked before; see `ResourceQueries.delete`.
      case "23503":
        switch constraint {
        case "streams_camera_fkey": self = .missingReference(.camera)
        case "sessions_user_fkey": self = .missingReference(.user)
        default: self = .missingReference(.worker)
        }
      case "40001", "40P01": self = .unavailable(message)
      default: self = .database(error)
      }
    }
  }

  private static func conflict(_ constraint: String, _ table: String?) -> Conflict {
    let kind: ResourceKind? =
      switch constraint {
      case "cameras_name_key": .camera
      case "streams_name_key": .stream
      case "workers_name_key": .worker
      case "sites_name_key": .site
      case "tokens_name_key": .token
      case "role_bindings_name_key": .roleBinding
      case "users_name_key": .user
      case "join_tokens_name_key": .joinToken
      default: nil
      }
    return kind.map { .nameTaken($0) } ?? .duplicate(constraint: constraint)
  }
}
