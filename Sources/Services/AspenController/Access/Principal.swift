import AspenModel

/// Who sends a request, proved by what came with it.
enum Principal: Sendable {
  /// Nobody in particular; only operations open to all.
  case anyone
  /// A person or program that signed in.
  case caller(Caller)
  /// A machine that wants to become a worker; the token is checked when it is consumed.
  case joining(JoinTokenText)
  /// A worker with its credential.
  case worker(id: Int64, name: String)
  /// Whoever was given a link to the frames of one stream.
  case viewLink(ViewLink)

  /// The sender as the audit names it.
  var actor: Actor {
    switch self {
    case .anyone, .joining: Actor(kind: .anonymous, name: "anonymous")
    case .caller(let caller): caller.actor
    case .worker(_, let name): Actor(kind: .worker, name: name)
    case .viewLink(let link): Actor(kind: .viewLink, name: link.idText)
    }
  }
}

/// A person or program that signed in, and what it may do.
struct Caller: Sendable, Hashable {
  let actor: Actor
  let rights: AccessRights
  /// Until when the proof holds; nil is until it is revoked.
  let expiresAt: Timestamp?
  /// The digest of the session's secret, for people who signed in.
  let sessionSHA256: [UInt8]?
}
