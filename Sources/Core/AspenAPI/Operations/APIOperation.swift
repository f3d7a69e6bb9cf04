package import AspenModel

/// One operation of the REST API: the one declaration from which the router, the authorization check,
/// the check of parameters, the OpenAPI document and the command line come.
package struct APIOperation: Sendable {
  /// noun_verb; the CLI command, the handler and the OpenAPI operationId have the same name.
  package let id: String
  package let method: String
  /// The path with parameters in braces: `/v1/cameras/{name}`.
  package let path: String
  package let summary: String
  /// More for people, in Markdown; empty if the summary says it all.
  package let description: String
  package let tag: APITag
  package let access: APIAccess
  /// What it is about, if it is about one kind of thing.
  package let kind: ResourceKind?
  /// All of them: of the path, of the query, and headers.
  package let parameters: [APIParameter]
  package let body: APIBody?
  /// The answers of success.
  package let answers: [APIAnswer]
  /// The problems that it may answer with.
  package let problems: [Problem.Code]
  /// Whether `dry_run=true` shows what would happen.
  package let isDryRunnable: Bool
  /// Whether `If-Match` must be given.
  package let needsIfMatch: Bool
  /// Whether `Idempotency-Key` makes a repetition harmless.
  package let takesIdempotencyKey: Bool
  /// The query parameters that it knows; others are refused.
  package let queryNames: [String]

  /// Whether a view link opens it.
  package var takesViewLink: Bool { queryNames.contains("view") }

  /// The media types that its body may have.
  package var bodyTypes: [String] { body?.mediaTypes ?? [] }

  /// What an operation does besides answering.
  package struct Traits: OptionSet, Sendable {
    package let rawValue: Int

    /// Traits by their bits.
    package init(rawValue: Int) {
      self.rawValue = rawValue
    }

    /// It takes `dry_run`.
    package static let dryRun = Traits(rawValue: 1)
    /// It needs `If-Match`.
    package static let ifMatch = Traits(rawValue: 2)
    /// It takes `Idempotency-Key`.
    package static let idempotencyKey = Traits(rawValue: 4)
  }

  /// A declaration. The parameters of the path and of `traits` are added, and so are the problems that
  /// follow from them; `problems` are the others.
  package init(
    _ id: String, _ method: String, _ path: String, _ summary: String, description: String = "",
    tag: APITag, access: APIAccess, kind: ResourceKind? = nil, parameters: [APIParameter] = [],
    body: APIBody? = nil, answers: [APIAnswer], problems: [Problem.Code] = [], traits: Traits = []
  ) {
    self.id = id
    self.method = method
    self.path = path
    self.summary = summary
    self.description = description
    self.tag = tag
    self.access = access
    self.kind = kind
    self.body = body
    self.answers = answers
    isDryRunnable = traits.contains(.dryRun)
    needsIfMatch = traits.contains(.ifMatch)
    takesIdempotencyKey = traits.contains(.idempotencyKey)
    let all = Self.pathParameters(path) + parameters + Self.parameters(of: traits)
    self.parameters = all
    queryNames = all.filter { $0.place == .query }.map(\.name)
    self.problems = Self.problems(
      method: method, path: path, access: access, hasBody: body != nil, traits: traits,
      others: problems)
  }

  private static func pathParameters(_ path: String) -> [APIParameter] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
      APIParameter.ofPath(String(segment.dropFirst().dropLast()))
    }
  }

  private static func parameters(of traits: Traits) -> [APIParameter] {
    (traits.contains(.dryRun) ? [.dryRun] : [])
      + (traits.contains(.ifMatch) ? [.ifMatch] : [])
      + (traits.contains(.idempotencyKey) ? [.idempotencyKey] : [])
  }

  /// What can go wrong follows mostly from what an operation takes.
  private static func problems(
    method: String, path: String, access: APIAccess, hasBody: Bool, traits: Traits,
    others: [Problem.Code]
  ) -> [Problem.Code] {
    var codes: Set<Problem.Code> = Set(others).union([
      .validation, .uriTooLong, .headersTooLarge, .rateLimited, .internal, .unavailable,
    ])
    if access != .open { codes.formUnion([.unauthorized, .forbidden]) }
    // A cookie of another site's page is refused on every door that changes something.
    if method != "GET" { codes.insert(.forbidden) }
    if path.contains("{") { codes.insert(.notFound) }
    if hasBody { codes.formUnion([.malformedBody, .payloadTooLarge, .unsupportedMediaType]) }
    if traits.contains(.dryRun) { codes.insert(.conflict) }
    if traits.contains(.ifMatch) { codes.formUnion([.preconditionFailed, .preconditionRequired]) }
    if traits.contains(.idempotencyKey) {
      codes.formUnion([.conflict, .idempotencyKeyReused])
    }
    return Problem.Code.allCases.filter(codes.contains)
  }
}

extension APIOperation: Hashable {
  package static func == (left: APIOperation, right: APIOperation) -> Bool { left.id == right.id }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(id)
  }
}

/// A group of operations in the document.
package enum APITag: String, Sendable, Hashable, CaseIterable {
  case cameras
  case streams
  case frames
  case workers
  case sites
  case assignments
  case apply
  case watch
  case access
  case session
  case operations
  case audit
  case workerProtocol = "worker protocol"
  case system

  /// What the group is about.
  package var description: String {
    switch self {
    case .cameras: "Video sources."
    case .streams: "What is made of a camera's video; the unit that is placed on workers."
    case .frames: "Live pictures."
    case .workers: "The machines that process streams."
    case .sites: "Places where cameras and workers are."
    case .assignments: "Which worker has which stream."
    case .apply: "Many things at once, declared as documents."
    case .watch: "Changes as they happen."
    case .access: "Who may do what: tokens, users, role bindings, join tokens."
    case .session: "Signing in, and who one is."
    case .operations: "Work that takes longer than a request."
    case .audit: "Who did what, and what the controller logged."
    case .workerProtocol: "What workers call; not for people."
    case .system: "The controller itself: health, version, this document."
    }
  }
}
