import AspenAPI
import AspenModel
import AspenStore

extension Problem {
  /// What a client may know of a failure of the store.
  init(_ error: StoreError) {
    switch error {
    case .unavailable, .cancelled:
      self.init(.unavailable, "the database cannot be reached at the moment; try again")
    case .notFound(let kind):
      self.init(.notFound, "there is no such \(kind.words)")
    case .conflict(.nameTaken(let kind)):
      self.init(
        .conflict, "another \(kind.words) has this name",
        errors: [FieldViolation(field: "/name", reason: "is taken by another \(kind.words)")])
    case .conflict(.versionMismatch(_, let actual)):
      self.init(.preconditionFailed, "the resource has changed; its version is \(actual) now")
    case .conflict(.duplicate):
      self.init(.conflict, "the same thing is there already")
    case .missingReference(let kind):
      self.init(
        .validation, "the \(kind.words) does not exist",
        errors: [FieldViolation(field: "/spec/\(kind.rawValue)", reason: "does not exist")])
    case .stillReferenced(let kind):
      self.init(.conflict, "still in use by a \(kind.words)")
    case .stale:
      self.init(.conflict, "the assignment has changed meanwhile; try again")
    case .notLeader:
      self.init(.unavailable, "another controller has begun to lead; try again")
    case .joinRefused(.unknownToken): self.init(.unauthorized, "the join token is not known")
    case .joinRefused(.expired): self.init(.unauthorized, "the join token has expired")
    case .joinRefused(.usedUp): self.init(.unauthorized, "the join token is used up")
    case .revisionGone: self.init(.gone, "the revision is no longer kept")
    case .invalid(let error): self.init(error)
    case .corrupt, .database:
      self.init(.internal, Problem.internalDetail)
    }
  }

  /// What a client may know of why a token of the identity provider is not accepted.
  init(_ error: OIDCError) {
    switch error {
    case .rejected: self.init(.unauthorized, error.clientMessage)
    case .unavailable: self.init(.unavailable, error.clientMessage)
    }
  }

  /// All that a client is told of a fault of ours.
  static let internalDetail = "this is a fault of ours; the request id finds it in the log"
}
