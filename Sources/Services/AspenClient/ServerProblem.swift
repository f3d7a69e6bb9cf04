package import AspenAPI
package import AspenModel

/// A controller's answer that says no: its problem document (RFC 9457), as far as it is one.
package struct ServerProblem: Sendable, Hashable {
  package let status: Int
  /// Nil when the answer is not from ASPEN or from a newer one.
  package let code: Problem.Code?
  package let title: String
  package let detail: String
  package let errors: [FieldViolation]
  /// Under which the request is in the controller's log.
  package let requestID: String?
  /// What was asked; nil when it was no operation of the API.
  package var subject: RequestSubject?

  /// A problem of its parts.
  package init(
    status: Int, code: Problem.Code?, title: String, detail: String, errors: [FieldViolation] = [],
    requestID: String? = nil
  ) {
    self.status = status
    self.code = code
    self.title = title
    self.detail = detail
    self.errors = errors
    self.requestID = requestID
  }

  /// Reads the body of an answer of `status`; whatever it lacks has a plain substitute.
  package init(status: Int, json: JSONValue?) {
    let type = json?["type"]?.text
    let code = type.flatMap { type in
      type.hasPrefix(Problem.typePrefix)
        ? Problem.Code(rawValue: String(type.dropFirst(Problem.typePrefix.count))) : nil
    }
    let errors = (json?["errors"]?.elements ?? []).compactMap { error -> FieldViolation? in
      guard let field = error["field"]?.text, let reason = error["reason"]?.text else { return nil }
      return FieldViolation(field: field, reason: reason)
    }
    let title = json?["title"]?.text ?? code?.title ?? "The server answered with status \(status)"
    self.init(
      status: status, code: code, title: title, detail: json?["detail"]?.text ?? title,
      errors: errors, requestID: json?["request_id"]?.text)
  }
}
