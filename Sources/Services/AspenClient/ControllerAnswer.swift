package import AspenHTTP
package import AspenModel

/// A controller's answer of a status below 300.
package struct ControllerAnswer: Sendable {
  package let status: Int
  /// Nil when the answer has no body.
  package let body: JSONValue?
  package let headers: HTTPHeaders

  /// The version of the resource, to be sent back as If-Match.
  package var entityTag: String? { headers["ETag"] }
}
