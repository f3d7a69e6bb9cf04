import AspenAPI
import AspenModel
import Testing

@Suite("Answers held against the declarations")
struct ResponseContractTests {
  private func found(
    _ operation: APIOperation, _ status: Int, _ json: JSONValue?,
    type: String? = "application/json"
  ) -> [String] {
    ResponseContract.violations(
      of: operation, status: status, contentType: type, body: json?.serialized ?? []
    ).map(\.field)
  }

  private func view(_ kind: ResourceKind) throws -> JSONValue {
    ResourceView.resource(
      try Sample.resource(
        kind, "yard", spec: Sample.specs[kind] ?? [:], labels: ["site": "hq"],
        annotations: ["note": "a\nb"]), status: Sample.status(of: kind))
  }

  @Test("resources of every kind are as declared", arguments: KindOperations.kinds)
  func resources(kind: ResourceKind) throws {
    let operations = try #require(APIOperations.of(kind))
    let resource = try view(kind)
    #expect(found(operations.get, 200, resource) == [])
    let page = ResourceView.page([resource], nextCursor: "bmV4dA", revision: 40)
    #expect(found(operations.list, 200, page) == [])
    let entry = ResourceView.historyEntry(
      generation: 2, resourceVersion: 40, operation: "updated", labels: Labels(),
      annotations: Annotations(), spec: Sample.specs[kind] ?? [:],
      actor: Actor(kind: .user, name: "alice"), at: Sample.at)
    #expect(
      found(
        operations.history, 200,
        ResourceView.page([entry], nextCursor: nil, revision: nil)) == [])
  }

  @Test("a member that is missing, of another type or unknown is found")
  func wrongResources() throws {
    let site = try view(.site)
    let members = try #require(site.members)
    let without = JSONValue.object(members.filter { $0.name != "generation" })
    #expect(found(APIOperations.siteGet, 200, without) == ["/generation"])
    let more = JSONValue.object(members + [.init("extra", 1)])
    #expect(found(APIOperations.siteGet, 200, more) == ["/extra"])
    let wrong = JSONValue.object(members.map { $0.name == "id" ? .init("id", "7") : $0 })
    #expect(found(APIOperations.siteGet, 200, wrong) == ["/id"])
    #expect(found(APIOperations.siteGet, 200, try view(.worker)).contains("/kind"))
  }

  @Test("a part of a resource has a media type of its own")
  func parts() {
    let part: JSONValue = ["name": "yard", "status": ["phase": "streaming"]]
    #expect(
      found(APIOperations.cameraGet, 200, part, type: "application/vnd.aspen.partial+json") == [])
    #expect(found(APIOperations.cameraGet, 200, part) != [])
  }

  @Test("a status or media type that is not declared is found")
  func undeclared() throws {
    let site = try view(.site)
    #expect(found(APIOperations.siteGet, 201, site) == ["status"])
    #expect(found(APIOperations.siteGet, 200, site, type: "text/html") == ["Content-Type"])
    #expect(found(APIOperations.siteGet, 200, site, type: nil) == ["Content-Type"])
    #expect(found(APIOperations.siteGet, 200, site, type: "application/json; charset=utf-8") == [])
  }

  @Test("an answer without content has no body")
  func noContent() {
    #expect(found(APIOperations.siteDelete, 204, nil, type: nil) == [])
    #expect(found(APIOperations.siteDelete, 204, [:], type: nil) == ["/"])
  }

  @Test("a body that is no JSON is found")
  func noJSON() {
    let violations = ResponseContract.violations(
      of: APIOperations.siteGet, status: 200, contentType: "application/json", body: [0x7B])
    #expect(violations.map(\.field) == ["/"])
  }

  @Test("problems are held against the declaration too")
  func problems() {
    let type = "application/problem+json"
    let problem = Problem(.notFound, "there is no such site")
    let json = problem.json(requestID: "r1")
    #expect(found(APIOperations.siteGet, 404, json, type: type) == [])
    #expect(found(APIOperations.siteGet, 403, json, type: type) == ["/status"])
    #expect(found(APIOperations.siteGet, 404, json) == ["Content-Type"])
    #expect(found(APIOperations.siteGet, 409, json, type: type) == ["status"])
    #expect(found(APIOperations.siteList, 404, json, type: type) == ["status"])
    let validation = Problem(ValidationError("limit", "must be a number"))
    #expect(
      found(APIOperations.siteList, 400, validation.json(requestID: "r"), type: type) == [])
  }

  @Test("events and WebSockets are not looked into")
  func streams() {
    #expect(found(APIOperations.changeWatch, 200, nil, type: "text/event-stream") == [])
    #expect(found(APIOperations.changeWatch, 101, nil, type: nil) == [])
    #expect(found(APIOperations.framesWatch, 101, nil, type: nil) == [])
  }

  @Test("what is done to documents is shown as declared")
  func applied() throws {
    let change = FieldChange(field: "/spec/address", before: nil, after: "rtsp://cam")
    let result = ResourceView.applyResult(
      action: "updated", changes: [change], resource: try view(.camera))
    #expect(
      found(APIOperations.resourceApply, 200, ["results": [result], "revision": 41]) == [])
    let plan: JSONValue = [
      "results": [result],
      "placements": [["stream": "yard", "action": "place", "to": "edge-1", "reason": "free"]],
      "unplaced": [["stream": "gate", "reason": "no worker"]],
    ]
    #expect(found(APIOperations.resourcePlan, 200, plan) == [])
  }

  @Test("operations, sessions, links and the audit are shown as declared")
  func records() throws {
    let operation = Operation(
      id: 3, name: try ObjectName("drain-3"), action: .workerDrain, target: "edge-1",
      state: .running, doneCount: 1, totalCount: nil, message: "moving", createdAt: Sample.at,
      updatedAt: Sample.at, finishedAt: nil)
    #expect(found(APIOperations.operationGet, 200, ResourceView.operation(operation)) == [])
    let controller = ResourceView.controller(
      id: 1, name: try ObjectName("edge-1-8480"), phase: "leader", version: "1.0",
      address: "https://c1.example:8480", epoch: 1_795_000_000_000, workers: 3,
      startedAt: Sample.at, lastSeenAt: Sample.at)
    #expect(found(APIOperations.controllerGet, 200, controller) == [])
    #expect(found(APIOperations.workerDrain, 202, ResourceView.operation(operation)) == [])
    let session = ResourceView.session(
      subject: Actor(kind: .user, name: "alice"),
      grants: [Grant(role: .viewer, selector: try LabelSelector(parsing: "site=hq"))],
      expiresAt: Sample.at)
    #expect(found(APIOperations.sessionGet, 200, session) == [])
    let link = ResourceView.viewLink(
      stream: try ObjectName("yard"), token: Secret("aspen_view_a.b"), path: "/#view=a",
      expiresAt: Sample.at)
    #expect(found(APIOperations.viewLinkCreate, 201, link) == [])
    let entry = ResourceView.auditEntry(
      id: 9, at: Sample.at, actor: .system, address: "", requestID: "r", operation: "camera_create",
      outcome: "succeeded", message: "", objectKind: .camera, objectName: "yard", before: nil,
      after: ["spec": [:]])
    #expect(
      found(
        APIOperations.auditEntryList, 200,
        ResourceView.page([entry], nextCursor: "9", revision: nil)) == [])
  }
}
