import AspenAPI
import AspenCrypto
import AspenHTTP
import AspenModel
import AspenNet
import AspenStore

/// A request that has found its operation and proved who sends it.
struct APIRequest: Sendable {
  let operation: APIOperation
  let http: HTTPRequest
  /// The query, taken apart once.
  let queryItems: [HTTPQueryItem]
  let parameters: [String: String]
  let principal: Principal

  /// Who signed in. An operation that needs a role is reached by nobody else.
  func caller() throws -> Caller {
    guard case .caller(let caller) = principal else {
      throw Problem(.forbidden, "this is for people and programs that signed in")
    }
    return caller
  }

  /// A parameter of the path. The router has matched it, so it is there.
  func pathName(_ parameter: String = "name") throws -> ObjectName {
    do {
      return try ObjectName(parameters[parameter] ?? "", field: parameter)
    } catch {
      // A text that can be no name names nothing.
      throw Problem(.notFound, "there is no such thing")
    }
  }

  /// The body as JSON.
  func json() throws -> JSONValue {
    let type = http.headers["content-type"]?.split(separator: ";").first.map(String.init) ?? ""
    let known = operation.body?.mediaTypes ?? []
    guard known.contains(type.lowercased().trimmingSpaces) else {
      throw Problem(
        .unsupportedMediaType, "send the body as \(known.joined(separator: " or "))")
    }
    do {
      return try JSONValue(parsing: http.body)
    } catch {
      throw Problem(
        .malformedBody, "the body \(error.message)",
        errors: [FieldViolation(field: "/", reason: error.message)])
    }
  }

  // MARK: Changes

  /// How the change that is asked for is to be carried out.
  func change() throws -> ChangeRequest {
    let caller = try caller()
    return ChangeRequest(
      rights: caller.rights, origin: origin, isDryRun: try flag("dry_run") ?? false,
      idempotency: try idempotencyKey(of: caller.actor))
  }

  /// The request as the audit names it.
  var origin: ChangeOrigin {
    ChangeOrigin(
      actor: principal.actor, address: http.peer.host, requestID: http.id,
      operation: operation.id)
  }

  /// The resource version that `If-Match` demands (RFC 9110 13.1.1). It must be there: two people who
  /// change the same thing must not lose each other's work without knowing.
  func precondition() throws -> Precondition {
    guard let text = http.headers["if-match"]?.trimmingSpaces else {
      throw Problem(
        .preconditionRequired,
        "send If-Match with the ETag of the version that you read, or * to change whatever is there",
        errors: [FieldViolation(field: "If-Match", reason: "is required")])
    }
    if text == "*" { return .any }
    guard text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 3,
      let version = Int64(text.dropFirst().dropLast())
    else {
      throw ValidationError("If-Match", "must be * or one ETag as this API gives it, like \"17\"")
    }
    return .version(version)
  }

  private enum Limits {
    static let idempotencyKeyBytes = 255
  }

  private func idempotencyKey(of actor: Actor) throws -> IdempotencyKey? {
    guard operation.takesIdempotencyKey, let key = http.headers["idempotency-key"]?.trimmingSpaces
    else { return nil }
    guard (1...Limits.idempotencyKeyBytes).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else {
      throw ValidationError(
        "Idempotency-Key",
        "must be 1 to \(Limits.idempotencyKeyBytes) printable ASCII characters")
    }
    let request = Array("\(http.method) \(http.target)\n".utf8) + http.body
    return IdempotencyKey(
      owner: "\(actor.kind.rawValue):\(actor.name)", key: key,
      requestSHA256: SHA256.hash(request))
  }
}

extension String {
  /// The text without spaces and tabs at its ends.
  var trimmingSpaces: String {
    var slice = Substring(self)
    while let first = slice.first, first == " " || first == "\t" { slice.removeFirst() }
    while let last = slice.last, last == " " || last == "\t" { slice.removeLast() }
    return String(slice)
  }
}
