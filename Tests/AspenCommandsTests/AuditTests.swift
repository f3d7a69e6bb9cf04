import AspenHTTP
import AspenModel
import Testing

@testable import AspenCommands

@Suite("The audit", .serialized)
struct AuditTests {
  private static let change = """
    {"id":2,"at":"2026-09-21T13:00:00.000Z","actor":{"kind":"user","name":"anna"},
    "address":"10.0.0.9","request_id":"r-1","operation":"camera_update","outcome":"done",
    "object":{"kind":"camera","name":"yard"},"before":{"labels":{},"spec":{"address":"rtsp://a","type":"rtsp"}},
    "after":{"labels":{"a":"b"},"spec":{"address":"rtsp://b","type":"rtsp"}}}
    """
  private static let creation = """
    {"id":1,"at":"2026-09-21T12:00:00.000Z","actor":{"kind":"token","name":"ci"},
    "operation":"site_create","outcome":"refused","message":"not allowed",
    "object":{"kind":"site","name":"hq"},"before":null,"after":{"spec":{}}}
    """

  @Test("an entry tells who did what to what, and which fields changed")
  func list() async throws {
    try await TestController.run([
      "GET /v1/audit-entries?actor=anna&kind=role_binding&since=2026-09-20T13%3A20%3A00.000Z&limit=100":
        .json("{\"items\":[\(Self.change),\(Self.creation)]}")
    ]) { controller in
      let outcome = await controller.aspen(
        "audit", "list", "--actor", "anna", "--kind", "role-binding", "--since", "1d",
        now: 1_789_996_800_000_000)
      #expect(
        outcome.output == """
          TIME                      ACTOR      OPERATION      OBJECT       OUTCOME               CHANGED
          2026-09-21T13:00:00.000Z  user anna  camera_update  camera/yard  done                  labels.a,spec.address
          2026-09-21T12:00:00.000Z  token ci   site_create    site/hq      refused: not allowed  new

          """, "\(outcome.errors)")
    }
  }

  @Test("an export writes a line for each entry, page after page")
  func export() async throws {
    try await TestController.run([
      "GET /v1/audit-entries?until=2026-09-21T14%3A00%3A00.000Z&limit=500": .json(
        "{\"items\":[\(Self.change)],\"next_cursor\":\"c1\"}"),
      "GET /v1/audit-entries?until=2026-09-21T14%3A00%3A00.000Z&limit=500&cursor=c1": .json(
        "{\"items\":[\(Self.creation)]}"),
    ]) { controller in
      let outcome = await controller.aspen("audit", "export", "--until", "2026-09-21T14:00:00Z")
      let lines = try outcome.output.split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))
      }
      #expect(lines.map { $0["object"]?["name"]?.text } == ["yard", "hq"])
      #expect(outcome.errors == "2 entries\n")
    }
  }
}
