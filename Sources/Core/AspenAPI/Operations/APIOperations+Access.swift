import AspenModel

extension APIOperations {
  /// The operations of tokens.
  package static let token = KindOperations(
    KindTraits(
      kind: .token, tag: .access, readAccess: .role(.admin, .cluster),
      writeAccess: .role(.admin, .cluster), components: .token,
      createExample: [
        "name": "wall-display",
        "spec": ["role": "viewer", "selector": "site=home", "expires_in_seconds": 2_592_000],
      ],
      updateExample: ["spec": ["role": "operator"]],
      createNote: "Only this answer holds the token itself.",
      deleteNote: "The token stops working within seconds."))

  /// Lists tokens.
  package static var tokenList: APIOperation { token.list }
  /// Creates one.
  package static var tokenCreate: APIOperation { creation(token) }
  /// Shows one.
  package static var tokenGet: APIOperation { token.get }
  /// Changes one.
  package static var tokenUpdate: APIOperation { token.update }
  /// Deletes one.
  package static var tokenDelete: APIOperation { token.delete }
  /// Lists what one was before.
  package static var tokenHistory: APIOperation { token.history }
  /// Makes one what it was before.
  package static var tokenRevert: APIOperation { token.revert }

  /// The operations of role bindings.
  package static let roleBinding = KindOperations(
    KindTraits(
      kind: .roleBinding, tag: .access, readAccess: .role(.admin, .cluster),
      writeAccess: .role(.admin, .cluster), components: .roleBinding,
      createExample: [
        "name": "guards",
        "spec": [
          "subject": ["kind": "oidc_group", "name": "guards"], "role": "viewer",
          "selector": "site=home",
        ],
      ],
      updateExample: ["spec": ["role": "operator"]]))

  /// Lists role bindings.
  package static var roleBindingList: APIOperation { roleBinding.list }
  /// Creates one.
  package static var roleBindingCreate: APIOperation { creation(roleBinding) }
  /// Shows one.
  package static var roleBindingGet: APIOperation { roleBinding.get }
  /// Changes one.
  package static var roleBindingUpdate: APIOperation { roleBinding.update }
  /// Deletes one.
  package static var roleBindingDelete: APIOperation { roleBinding.delete }
  /// Lists what one was before.
  package static var roleBindingHistory: APIOperation { roleBinding.history }
  /// Makes one what it was before.
  package static var roleBindingRevert: APIOperation { roleBinding.revert }

  /// The operations of users.
  package static let user = KindOperations(
    KindTraits(
      kind: .user, tag: .access, readAccess: .role(.admin, .cluster),
      writeAccess: .role(.admin, .cluster), components: .user,
      createExample: [
        "name": "alice", "spec": ["display_name": "Alice", "password": "correct horse battery"],
      ],
      updateExample: ["spec": ["disabled": true]],
      createNote: "What a user may do is said by role bindings.",
      updateNote: "A new password ends the user's sessions.",
      deleteNote: "The user's sessions end."))

  /// Lists users.
  package static var userList: APIOperation { user.list }
  /// Creates one.
  package static var userCreate: APIOperation { creation(user) }
  /// Shows one.
  package static var userGet: APIOperation { user.get }
  /// Changes one.
  package static var userUpdate: APIOperation { user.update }
  /// Deletes one.
  package static var userDelete: APIOperation { user.delete }
  /// Lists what one was before.
  package static var userHistory: APIOperation { user.history }
  /// Makes one what it was before.
  package static var userRevert: APIOperation { user.revert }

  /// The operations of join tokens.
  package static let joinToken = KindOperations(
    KindTraits(
      kind: .joinToken, tag: .access, readAccess: .role(.admin, .cluster),
      writeAccess: .role(.admin, .cluster), components: .joinToken,
      createExample: [
        "name": "edge", "labels": ["site": "yard"],
        "spec": ["uses": 3, "expires_in_seconds": 3600],
      ],
      updateExample: ["spec": ["uses": 5]],
      createNote:
        "Only this answer holds the token itself. Its labels are given to every worker that joins.",
      deleteNote: "Workers that have joined with it stay."))

  /// Lists join tokens.
  package static var joinTokenList: APIOperation { joinToken.list }
  /// Creates one.
  package static var joinTokenCreate: APIOperation { creation(joinToken) }
  /// Shows one.
  package static var joinTokenGet: APIOperation { joinToken.get }
  /// Changes one.
  package static var joinTokenUpdate: APIOperation { joinToken.update }
  /// Deletes one.
  package static var joinTokenDelete: APIOperation { joinToken.delete }
  /// Lists what one was before.
  package static var joinTokenHistory: APIOperation { joinToken.history }
  /// Makes one what it was before.
  package static var joinTokenRevert: APIOperation { joinToken.revert }
}
