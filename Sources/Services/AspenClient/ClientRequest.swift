package import AspenAPI
package import AspenModel

/// One request to a controller.
package struct ClientRequest: Sendable {
  package var method: String
  /// The path, percent-encoded.
  package var path: String
  package var query: [(name: String, value: String)] = []
  package var body: JSONValue?
  /// The version that a change demands, as an ETag; `*` is any.
  package var ifMatch: String?
  /// With the same key the controller does the same thing once.
  package var idempotencyKey: String?
  /// Replaces the client's.
  package var timeout: Duration?
  /// False for whom a late answer is of no use: it is sent once.
  package var mayRepeat = true
  /// The operation and the name in its path, for messages about what it came to.
  package var subject: RequestSubject?

  /// A request for a path.
  package init(_ method: String, _ path: String) {
    self.method = method
    self.path = path
  }

  /// A request for an operation; `name` is that in its path.
  package init(_ operation: APIOperation, _ name: String? = nil) {
    method = operation.method
    path = URLEncoding.path(operation.path, parameter: name)
    subject = RequestSubject(operation: operation, name: name)
  }

  /// A request for an operation with several names in its path, by the words in its braces.
  package init(_ operation: APIOperation, at names: [String: String]) {
    method = operation.method
    path = URLEncoding.path(operation.path, parameters: names)
    subject = RequestSubject(operation: operation, name: names["name"] ?? names["stream"])
  }

  /// Whether the controller does it once when it comes twice.
  var isRepeatable: Bool { mayRepeat && (method != "POST" || idempotencyKey != nil) }
}

/// What a request was about.
package struct RequestSubject: Sendable, Hashable {
  package let operation: APIOperation
  /// The name in its path; nil for lists and the like.
  package let name: String?

  /// An operation, and on what.
  package init(operation: APIOperation, name: String?) {
    self.operation = operation
    self.name = name
  }
}
