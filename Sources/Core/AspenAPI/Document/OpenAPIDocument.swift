package import AspenModel

/// The API as an OpenAPI 3.1 document, made of the declarations alone. `api/openapi.yaml` is its text.
package enum OpenAPIDocument {
  /// The document, made when it is first asked for.
  package static let json: JSONValue = OpenAPIWriter(operations: APIOperations.all).document

  /// The document as YAML 1.2.
  package static let yaml: String = YAMLText.write(
    json,
    comment: """
      Made from the declarations in Sources/Core/AspenAPI; change those, then run
      ASPEN_UPDATE_DOCUMENTS=1 swift test --filter OpenAPIDocumentTests
      """)
}

/// Puts the document together.
struct OpenAPIWriter {
  let operations: [APIOperation]
  /// Parameters that more than one operation has stand once, under their names; of those with one name,
  /// the one that most have.
  private let shared: [APIParameter: String]

  init(operations: [APIOperation]) {
    self.operations = operations
    var uses: [APIParameter: Int] = [:]
    for parameter in operations.flatMap(\.parameters) { uses[parameter, default: 0] += 1 }
    let most = Dictionary(
      uses.filter { $0.value > 1 }.map { (Self.componentName($0.key.name), $0) },
      uniquingKeysWith: { $0.value >= $1.value ? $0 : $1 })
    shared = Dictionary(uniqueKeysWithValues: most.map { ($0.value.key, $0.key) })
  }

  var document: JSONValue {
    .object([
      .init("openapi", "3.1.0"), .init("info", Self.info),
      .init("servers", [["url": "/", "description": "The controller that serves this document."]]),
      .init("security", Self.requirements(["token", "session"])),
      .init(
        "tags",
        .array(
          APITag.allCases.map {
            ["name": .string($0.rawValue), "description": .string($0.description)]
          })),
      .init("paths", paths), .init("components", components),
    ])
  }

  private static var info: JSONValue {
    [
      "title": "ASPEN", "version": .string(ProgramVersion.current),
      "summary": "The control plane of a platform for network cameras.",
      "description": .string(
        """
        Users write `spec`, the controller and workers write `status`. Every change raises
        `resource_version`, which is also the `ETag`: changes need `If-Match`, so that nobody
        overwrites what somebody else has changed meanwhile.

        Bodies and parameters are strict: an unknown field or parameter is an error that names it.
        Every error is a problem document (RFC 9457) with a stable `type`. A field of a request
        that is null counts as left out.

        Lists have pages: `next_cursor` asks for the next one. The messages of the WebSockets are
        described in `asyncapi.yaml`.
        """),
      "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
    ]
  }

  // MARK: - Paths

  private var paths: JSONValue {
    var order: [String] = []
    var methods: [String: [JSONValue.Member]] = [:]
    for operation in operations {
      if methods[operation.path] == nil { order.append(operation.path) }
      methods[operation.path, default: []].append(
        .init(operation.method.lowercased(), item(operation)))
    }
    return .object(order.map { .init($0, .object(methods[$0] ?? [])) })
  }

  private func item(_ operation: APIOperation) -> JSONValue {
    .object(compacting: [
      ("operationId", .string(operation.id)), ("tags", [.string(operation.tag.rawValue)]),
      ("summary", .string(operation.summary)),
      ("description", operation.description.isEmpty ? nil : .string(operation.description)),
      ("security", Self.security(operation.access)),
      ("x-aspen-access", .string(operation.access.words)),
      (
        "parameters",
        operation.parameters.isEmpty ? nil : .array(operation.parameters.map(parameter))
      ), ("requestBody", operation.body.map(Self.requestBody)),
      ("responses", responses(operation)),
    ])
  }

  /// What differs from the document's own security; nil if nothing does.
  private static func security(_ access: APIAccess) -> JSONValue? {
    switch access {
    case .open: .array([])
    case .authenticated, .role: nil
    case .joining: requirements(["joinToken"])
    case .worker: requirements(["workerCredential"])
    }
  }

  private static func requirements(_ schemes: [String]) -> JSONValue {
    .array(schemes.map { .object([.init($0, .array([]))]) })
  }

  private func parameter(_ parameter: APIParameter) -> JSONValue {
    guard let name = shared[parameter] else { return Self.definition(parameter) }
    return ["$ref": .string("#/components/parameters/\(name)")]
  }

  private static func definition(_ parameter: APIParameter) -> JSONValue {
    .object(compacting: [
      ("name", .string(parameter.name)), ("in", .string(parameter.place.rawValue)),
      ("required", parameter.isRequired ? true : nil),
      ("description", .string(parameter.description)), ("schema", parameter.schema.json),
    ])
  }

  private static func requestBody(_ body: APIBody) -> JSONValue {
    let content = JSONValue.object(compacting: [
      ("schema", body.schema.json), ("example", body.example),
    ])
    return [
      "required": true, "content": .object(body.mediaTypes.map { .init($0, content) }),
    ]
  }

  // MARK: - Answers

  private func responses(_ operation: APIOperation) -> JSONValue {
    var members: [JSONValue.Member] = []
    for status in Set(operation.answers.map(\.status)).sorted() {
      let answers = operation.answers.filter { $0.status == status }
      members.append(.init(String(status), Self.response(answers)))
    }
    for status in Set(operation.problems.map(\.status)).sorted() {
      let name = Self.problemName(status)
      members.append(
        .init(String(status), ["$ref": .string("#/components/responses/\(name)")]))
    }
    return .object(members)
  }

  /// Answers of one status: one media type each.
  private static func response(_ answers: [APIAnswer]) -> JSONValue {
    let contents = answers.flatMap { mediaTypes(of: $0.content) }
    let headers = answers.flatMap(\.headers) + [.requestID, .aspenVersion]
    return .object(compacting: [
      ("description", .string(answers.map(\.description).joined(separator: " "))),
      ("headers", references(headers)), ("content", contents.isEmpty ? nil : .object(contents)),
    ])
  }

  /// The media types of one answer with what they carry.
  private static func mediaTypes(of content: APIAnswer.Content) -> [JSONValue.Member] {
    switch content {
    case .nothing, .webSocket: []
    case .json(let schema, let part):
      [.init(MediaType.json, ["schema": schema.json])]
        + (part.map { [.init(MediaType.part, ["schema": $0.json])] } ?? [])
    case .events(let data):
      [
        .init(
          MediaType.events, ["schema": ["type": "string"], "x-aspen-event-data": data.json])
      ]
    }
  }

  private static func references(_ headers: [APIHeader]) -> JSONValue {
    .object(
      headers.map {
        .init($0.rawValue, ["$ref": .string("#/components/headers/\(componentName($0.rawValue))")])
      })
  }

  /// `If-Match` and `dry_run` as `IfMatch` and `DryRun`.
  private static func componentName(_ name: String) -> String {
    name.split { $0 == "_" || $0 == "-" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
  }

  // MARK: - Components

  private var components: JSONValue {
    [
      "securitySchemes": Self.securitySchemes,
      "parameters": .object(
        shared.sorted { $0.value < $1.value }.map { .init($0.value, Self.definition($0.key)) }),
      "headers": .object(
        APIHeader.allCases.map { header in
          .init(
            Self.componentName(header.rawValue),
            .object(compacting: [
              ("description", .string(header.description)),
              ("required", header.isAlwaysThere ? true : nil), ("schema", header.schema.json),
            ]))
        }),
      "responses": .object(problemStatuses.map { .init(Self.problemName($0), Self.problem($0)) }),
      "schemas": .object(
        ComponentWalk.components(of: operations).map { .init($0.name, $0.schema.json) }),
    ]
  }

  private static var securitySchemes: JSONValue {
    func bearer(_ description: String) -> JSONValue {
      ["type": "http", "scheme": "bearer", "description": .string(description)]
    }
    return [
      "token": bearer("A token of `/v1/tokens`, or one of the identity provider."),
      "session": [
        "type": "apiKey", "in": "cookie", "name": "aspen_session",
        "description": "The cookie of `/v1/session`. Changes need an `Origin` of the same host.",
      ],
      "joinToken": bearer("`aspen_join_ID_SECRET`, of a join token."),
      "workerCredential": bearer("`aspen_worker_…`, given to one worker when it joins."),
    ]
  }

  private var problemStatuses: [Int] {
    Set(operations.flatMap(\.problems).map(\.status)).sorted()
  }

  private static func codes(_ status: Int) -> [Problem.Code] {
    Problem.Code.allCases.filter { $0.status == status }
  }

  private static func problemName(_ status: Int) -> String {
    codes(status).first.map { componentName($0.rawValue) } ?? "Status\(status)"
  }

  private static func problem(_ status: Int) -> JSONValue {
    let special: [APIHeader] =
      switch status {
      case 401: [.wwwAuthenticate]
      case 429, 503: [.retryAfter]
      default: []
      }
    let words = codes(status).map { "\($0.title) (`\($0.rawValue)`)." }
    return [
      "description": .string(words.joined(separator: " ")),
      "headers": references(special + [.requestID, .aspenVersion]),
      "content": .object([
        .init(
          MediaType.problem, ["schema": ["$ref": APISchema.reference(to: APIComponent.problem)]])
      ]),
    ]
  }
}

extension APIAccess {
  /// Who may, in words.
  package var words: String {
    switch self {
    case .open: "anybody"
    case .authenticated: "whoever is signed in"
    case .role(let role, .camera): "\(role.rawValue) of the cameras"
    case .role(let role, .cluster): "\(role.rawValue) of everything"
    case .joining: "a join token"
    case .worker: "a worker"
    }
  }
}
