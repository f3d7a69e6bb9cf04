/// The kinds of things that the control plane keeps, as the API and the feed of changes name them.
package enum ResourceKind: String, Sendable, Hashable, CaseIterable {
  case camera
  case stream
  case worker
  /// Known by its stream's id and name.
  case assignment
  case site
  case token
  case roleBinding = "role_binding"
  case user
  case joinToken = "join_token"
  case operation
  /// A controller process: there while it runs, and never changed by users.
  case controller

  /// The segment of the kind's paths: `/v1/role-bindings`.
  package var plural: String {
    words.replacing(" ", with: "-") + "s"
  }

  /// The kind in messages to people: `role binding`.
  package var words: String {
    rawValue.replacing("_", with: " ")
  }

  /// Whether things of the kind belong to one camera, whose labels decide who may touch them.
  package var isOfCamera: Bool {
    switch self {
    case .camera, .stream, .assignment: true
    case .worker, .site, .token, .roleBinding, .user, .joinToken, .operation, .controller: false
    }
  }
}
