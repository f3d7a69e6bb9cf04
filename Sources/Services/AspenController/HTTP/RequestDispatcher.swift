import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet
import AspenStore
import Logging

/// Takes a request to its handler: limits, route, access, unknown parameters, then the handler itself.
/// The one place where errors become HTTP.
struct RequestDispatcher: Sendable {
  typealias Handler = @Sendable (APIRequest) async throws -> HTTPResponse

  private struct Route: Sendable {
    let operation: APIOperation
    let handler: Handler
  }

  private var router = Router<Route>()
  private let authenticator: Authenticator
  /// Nil limits nothing.
  private let limits: RequestLimits?
  private let refusals: RefusalAudit
  private let assets: WebAssets
  private let checksResponses: Bool
  private let log: Logger

  /// `handlers` must have one for every operation of the API. With `checksResponses` every answer is
  /// held against the declaration of its operation, and one that does not fit becomes a 500.
  init(
    handlers: [APIOperation: Handler], authenticator: Authenticator, limits: RequestLimits?,
    refusals: RefusalAudit, assets: WebAssets, checksResponses: Bool, log: Logger
  ) {
    self.authenticator = authenticator
    self.limits = limits
    self.refusals = refusals
    self.assets = assets
    self.checksResponses = checksResponses
    self.log = log
    for operation in APIOperations.all {
      guard let handler = handlers[operation] else {
        preconditionFailure("no handler for \(operation.id)")
      }
      router.add(operation.method, operation.path, Route(operation: operation, handler: handler))
    }
  }

  /// Answers a request. Never throws: every failure has its problem document.
  func respond(to request: HTTPRequest) async -> HTTPResponse {
    if request.method == "GET" || request.method == "HEAD",
      let asset = assets.response(path: request.path, known: request.headers["if-none-match"])
    {
      return asset
    }
    var route: Route?
    var response: HTTPResponse
    do {
      try limits?.admit(request.peer)
      response = try await dispatch(request, &route)
    } catch let error as TooManyRequests {
      response = .problem(
        Problem(.rateLimited, "too many requests; wait and try again"), requestID: request.id,
        retryAfter: error.retryAfter)
    } catch {
      response = refusal(of: request, for: error)
    }
    if checksResponses, let operation = route?.operation {
      response = checked(response, of: operation, request)
    }
    response.headers.add("Aspen-Version", ProgramVersion.current)
    return response
  }

  private func dispatch(
    _ request: HTTPRequest, _ matched: inout Route?
  ) async throws -> HTTPResponse {
    let method = request.method == "HEAD" ? "GET" : request.method
    switch router.match(method, request.pathSegments) {
    case .notFound:
      throw Problem(.notFound, "there is nothing at \(request.path.prefix(200))")
    case .methodNotAllowed(let allowed):
      var response = HTTPResponse.problem(
        Problem(.methodNotAllowed, "allowed here: \(allowed.joined(separator: ", "))"),
        requestID: request.id)
      response.headers.add("Allow", allowed.joined(separator: ", "))
      return response
    case .found(let route, let parameters):
      matched = route
      let principal = try await principal(of: request, for: route.operation)
      try limits?.admit(principal)
      let queryItems = request.query
      try Self.refuseUnknown(queryItems, of: route.operation)
      let request = APIRequest(
        operation: route.operation, http: request, queryItems: queryItems, parameters: parameters,
        principal: principal)
      do {
        return try await route.handler(request)
      } catch let problem as Problem where problem.code == .forbidden {
        await refusals.note(request.origin, of: route.operation, problem)
        throw problem
      }
    }
  }

  private func principal(
    of request: HTTPRequest, for operation: APIOperation
  ) async throws -> Principal {
    do {
      return try await authenticator.principal(of: request, for: operation)
    } catch let refused as AccessRefused {
      let origin = ChangeOrigin(
        actor: refused.actor, address: request.peer.host, requestID: request.id,
        operation: operation.id)
      await refusals.note(origin, of: operation, refused.problem)
      throw refused.problem
    } catch {
      if Self.problem(of: error).code == .unauthorized { limits?.countRefusal(of: request.peer) }
      throw error
    }
  }

  private func refusal(of request: HTTPRequest, for error: any Error) -> HTTPResponse {
    let problem = Self.problem(of: error)
    if problem.code == .internal {
      log.error(
        "request failed",
        metadata: [
          "request_id": "\(request.id)", "method": "\(request.method)",
          "path": "\(request.path)", "error": "\(error)",
        ])
    } else {
      // What nobody stands for would push out of memory what an operator looks for.
      log.log(
        level: problem.code == .unauthorized ? .trace : .debug, "request refused",
        metadata: [
          "request_id": "\(request.id)", "method": "\(request.method)",
          "path": "\(request.path)", "code": "\(problem.code.rawValue)", "error": "\(error)",
        ])
    }
    return .problem(problem, requestID: request.id)
  }

  /// A response that is not what the declaration says is a fault of ours.
  private func checked(
    _ response: HTTPResponse, of operation: APIOperation, _ request: HTTPRequest
  ) -> HTTPResponse {
    let violations = ResponseContract.violations(
      of: operation, status: response.status, contentType: response.headers["content-type"],
      body: response.body)
    if violations.isEmpty { return response }
    let words = violations.map { "\($0.field) \($0.reason)" }.joined(separator: "; ")
    log.error(
      "response breaks the contract",
      metadata: [
        "request_id": "\(request.id)", "operation": "\(operation.id)",
        "status": "\(response.status)", "violations": "\(words)",
      ])
    return .problem(
      Problem(.internal, "the answer \(response.status) breaks the contract: \(words)"),
      requestID: request.id)
  }

  private static func refuseUnknown(
    _ queryItems: [HTTPQueryItem], of operation: APIOperation
  ) throws {
    if queryItems.isEmpty { return }
    let known = operation.queryNames
    let unknown = queryItems.map(\.name).filter { !known.contains($0) }
    if unknown.isEmpty { return }
    let words = known.isEmpty ? "none" : known.joined(separator: ", ")
    throw ValidationError(
      unknown.map { name in
        FieldViolation(
          field: String(name.prefix(64)), reason: "is not a known parameter; known are: \(words)")
      })
  }

  private static func problem(of error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case let error as ValidationError: Problem(error)
    case let error as StoreError: Problem(error)
    case let error as OIDCError: Problem(error)
    case PasswordError.busy: Problem(.unavailable, PasswordError.busy.description)
    default: Problem(.internal, Problem.internalDetail)
    }
  }
}
