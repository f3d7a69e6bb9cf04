import AspenModel
import AspenStore

/// Who asks for a change, and how it is to be carried out.
struct ChangeRequest: Sendable {
  let rights: AccessRights
  let origin: ChangeOrigin
  /// Everything is done and nothing is kept.
  let isDryRun: Bool
  /// Set when the caller wants a repeated request to be carried out once.
  let idempotency: IdempotencyKey?
}

/// A caller's name for one request, so that its repetition gets the first one's answer.
struct IdempotencyKey: Sendable, Hashable {
  /// The actor whose keys these are; those of others do not collide with them.
  let owner: String
  let key: String
  /// Of method, path, query and body: the same key with another request is an error.
  let requestSHA256: [UInt8]
}

/// The version that a change demands of what it changes.
enum Precondition: Sendable, Hashable {
  case any
  case version(Int64)

  /// Throws unless the resource has the demanded version.
  func check(_ resource: Resource) throws {
    guard case .version(let expected) = self else { return }
    let actual = resource.metadata.resourceVersion
    guard actual == expected else {
      throw StoreError.conflict(.versionMismatch(expected: expected, actual: actual))
    }
  }
}

/// What a change answers: the same when it is asked for again with its key.
struct ChangeAnswer: Sendable {
  let status: Int
  let body: JSONValue?
  var location: String?
  /// Whether the body shows a secret, this one time.
  var holdsSecret = false
  /// Whether it is the answer of an earlier request with the same key.
  var isReplayed = false
}
