package import AspenModel

/// An error as the API tells it (RFC 9457), media type `application/problem+json`.
package struct Problem: Error, Sendable, Hashable {
  /// What went wrong, stable for programs.
  package enum Code: String, Sendable, Hashable, CaseIterable {
    case validation
    case malformedBody = "malformed_body"
    case unauthorized
    case forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case notAcceptable = "not_acceptable"
    case conflict
    case gone
    case preconditionFailed = "precondition_failed"
    case payloadTooLarge = "payload_too_large"
    /// The server answers so before it knows the operation, as with `headersTooLarge`.
    case uriTooLong = "uri_too_long"
    case headersTooLarge = "headers_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case idempotencyKeyReused = "idempotency_key_reused"
    case upgradeRequired = "upgrade_required"
    case preconditionRequired = "precondition_required"
    case rateLimited = "rate_limited"
    case `internal`
    case unavailable

    /// The HTTP status that goes with the code.
    package var status: Int {
      switch self {
      case .validation, .malformedBody: 400
      case .unauthorized: 401
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .notAcceptable: 406
      case .conflict: 409
      case .gone: 410
      case .preconditionFailed: 412
      case .payloadTooLarge: 413
      case .uriTooLong: 414
      case .headersTooLarge: 431
      case .unsupportedMediaType: 415
      case .idempotencyKeyReused: 422
      case .upgradeRequired: 426
      case .preconditionRequired: 428
      case .rateLimited: 429
      case .internal: 500
      case .unavailable: 503
      }
    }

    /// A short name for people.
    package var title: String {
      switch self {
      case .validation: "The request is not valid"
      case .malformedBody: "The body is not valid JSON"
      case .unauthorized: "A valid token is required"
      case .forbidden: "The token does not allow this"
      case .notFound: "There is no such thing"
      case .methodNotAllowed: "The method is not allowed here"
      case .notAcceptable: "None of the media types asked for can be sent"
      case .conflict: "The request conflicts with what is there"
      case .gone: "It is no longer kept"
      case .preconditionFailed: "The resource has changed"
      case .payloadTooLarge: "The body is too large"
      case .uriTooLong: "The request line is too long"
      case .headersTooLarge: "The header fields are too large"
      case .unsupportedMediaType: "The body's media type is not supported"
      case .idempotencyKeyReused: "The idempotency key belongs to another request"
      case .upgradeRequired: "This is a WebSocket"
      case .preconditionRequired: "If-Match is required"
      case .rateLimited: "Too many requests"
      case .internal: "Something went wrong here"
      case .unavailable: "Not available at the moment"
      }
    }
  }

  package let code: Code
  package let detail: String
  package let errors: [FieldViolation]

  /// The URI prefix of `type`; the code follows.
  package static let typePrefix = "https://aspen.invalid/problems/"

  /// A problem; `detail` may be seen by the client.
  package init(_ code: Code, _ detail: String, errors: [FieldViolation] = []) {
    self.code = code
    self.detail = detail
    self.errors = errors
  }

  /// The problem of a validation error.
  package init(_ error: ValidationError) {
    self.init(.validation, error.description, errors: error.violations)
  }

  /// The document, with the id under which the request is in the log.
  package func json(requestID: String) -> JSONValue {
    .object(compacting: [
      ("type", .string(Self.typePrefix + code.rawValue)), ("title", .string(code.title)),
      ("status", .integer(Int64(code.status))), ("detail", .string(detail)),
      ("request_id", .string(requestID)),
      (
        "errors",
        errors.isEmpty
          ? nil
          : .array(
            errors.map { ["field": .string($0.field), "reason": .string($0.reason)] })
      ),
    ])
  }
}
