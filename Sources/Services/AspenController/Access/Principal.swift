import AspenModel

/// Who sends a request, proved by the token that came with it.
enum Principal: Sendable {
  /// Nobody in particular; only operations open to all.
  case anyone
  /// A person or program with an access token.
  case accessToken(name: String)
  /// A machine that wants to become a worker; the token is checked when it is consumed.
  case joining(JoinTokenText)
  /// A worker with its credential.
  case worker(id: Int64, name: String)
}
