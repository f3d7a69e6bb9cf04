/// The kinds of those who do things, as the audit names them.
package enum ActorKind: String, Sendable, Hashable, CaseIterable {
  /// A program or person with an access token.
  case token
  /// A person who signed in with a password.
  case user
  /// A bearer of a token of the identity provider.
  case oidc
  case worker
  /// A view link that was shared.
  case viewLink = "view_link"
  /// Whoever holds the one-time token of the first start.
  case setup
  /// The control plane itself.
  case system
  case anonymous
}

/// Who does something.
package struct Actor: Sendable, Hashable {
  package let kind: ActorKind
  package let name: String

  /// Somebody by kind and name.
  package init(kind: ActorKind, name: String) {
    self.kind = kind
    self.name = name
  }

  /// The control plane itself.
  package static let system = Actor(kind: .system, name: "system")
}
