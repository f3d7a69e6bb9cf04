import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore
import Logging

/// Takes a request to its handler: route, access, unknown parameters, then the handler itself. The one
/// place where errors become HTTP.
struct RequestDispatcher: Sendable {
  typealias Handler = @Sendable (APIRequest) async throws -> HTTPResponse

  private struct Route: Sendable {
    let operation: APIOperation
    let handler: Handler
  }

  private var router = Router<Route>()
  private let authenticator: Authenticator
  private let assets: WebAssets
  private let log: Logger

  /// `handlers` must have one for every operation of the API.
  init(
    handlers: [APIOperation: Handler], authenticator: Authenticator, assets: WebAssets, log: Logger
  ) {
    self.authenticator = authenticator
    self.assets = assets
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
    do {
      return try await dispatch(request)
    } catch {
      let problem = Self.problem(of: error)
      if problem.code == .internal {
        log.error(
          "request failed",
          metadata: [
            "request_id": "\(request.id)", "method": "\(request.method)",
            "path": "\(request.path)", "error": "\(error)",
          ])
      }
      return .problem(problem, requestID: request.id)
    }
  }

  private func dispatch(_ request: HTTPRequest) async throws -> HTTPResponse {
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
      let principal = try await authenticator.principal(of: request, for: route.operation)
      let queryItems = request.query
      try Self.refuseUnknown(queryItems, of: route.operation)
      return try await route.handler(
        APIRequest(
          operation: route.operation, http: request, queryItems: queryItems, parameters: parameters,
          principal: principal))
    }
  }

  private static func refuseUnknown(
    _ queryItems: [HTTPQueryItem], of operation: APIOperation
  ) throws {
    let unknown = queryItems.map(\.name).filter { !operation.query.contains($0) }
    if unknown.isEmpty { return }
    let known = operation.query.isEmpty ? "none" : operation.query.joined(separator: ", ")
    throw ValidationError(
      unknown.map { name in
        FieldViolation(
          field: String(name.prefix(64)), reason: "is not a known parameter; known are: \(known)")
      })
  }

  private static func problem(of error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case let error as ValidationError: Problem(error)
    case let error as StoreError: Problem(error)
    default: Problem(.internal, Problem.internalDetail)
    }
  }
}
