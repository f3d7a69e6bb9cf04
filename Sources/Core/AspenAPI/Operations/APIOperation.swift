/// One operation of the REST API: the one declaration from which the router, the authorization
/// check and the test against `api/openapi.yaml` come.
package struct APIOperation: Sendable, Hashable {
  /// The kind of caller that an operation is for.
  package enum Access: Sendable, Hashable {
    /// Anybody.
    case open
    /// People and programs with an access token.
    case `operator`
    /// A new worker with a join token.
    case joining
    /// A worker with its own credential.
    case worker
  }

  /// noun_verb; the CLI command, the handler and the OpenAPI operationId have the same name.
  package let id: String
  package let method: String
  /// The path with parameters in braces: `/v1/cameras/{name}`.
  package let path: String
  package let access: Access
  /// The query parameters that it knows; others are refused.
  package let query: [String]

  /// A declaration.
  package init(
    _ id: String, _ method: String, _ path: String, access: Access = .operator,
    query: [String] = []
  ) {
    self.id = id
    self.method = method
    self.path = path
    self.access = access
    self.query = query
  }
}
