import AspenModel
import AspenPostgres
import Testing

@testable import AspenStore

@Suite("Entries of labels")
struct LabelEntriesTests {
  /// Entries as `list key=value name`, in order, and what they should be according to the labels.
  private func entries(_ store: Store) async throws -> (stored: [String], expected: [String]) {
    func texts(_ sql: String) async throws -> [String] {
      try await store.pool.query(sql + " ORDER BY 1").map { try $0.text("entry") }
    }
    let stored = ["camera_label", "stream_label", "stream_camera_label"].map { list in
      """
      SELECT '\(list) ' || key || '=' || value || ' ' || name || ' ' || object_id AS entry
      FROM \(list)_entries
      """
    }
    let labelled = [
      ("camera_label", "cameras x", "x.labels"), ("stream_label", "streams x", "x.labels"),
      ("stream_camera_label", "streams x JOIN cameras c ON c.id = x.camera_id", "c.labels"),
    ].map { list, table, labels in
      """
      SELECT '\(list) ' || l.key || '=' || l.value || ' ' || x.name || ' ' || x.id AS entry
      FROM \(table) CROSS JOIN jsonb_each_text(\(labels)) l
      """
    }
    return (
      try await texts(stored.joined(separator: " UNION ALL ")),
      try await texts(labelled.joined(separator: " UNION ALL "))
    )
  }

  @Test("entries follow labels when things are added, changed and removed")
  func triggers() async throws {
    try await withStore { store in
      func check(_ count: Int, _ step: Comment) async throws {
        let entries = try await entries(store)
        #expect(entries.stored == entries.expected, step)
        #expect(entries.stored.count == count, step)
      }
      try await store.addCamera("a", labels: ["site": "x", "floor": "1"])
      try await store.addCamera("b", labels: ["site": "x"])
      try await store.addStream("a1", camera: "a", labels: ["own": "yes"])
      try await store.addStream("a2", camera: "a")
      try await store.addStream("b1", camera: "b")
      try await check(3 + 1 + 5, "added")
      try await store.update(.camera, "a", labels: ["site": "y"])
      try await store.update(.stream, "a1", labels: ["own": "no", "more": ""])
      try await check(2 + 2 + 3, "changed")
      try await store.delete(.stream, "a2")
      try await check(2 + 2 + 2, "stream removed")
      try await store.delete(.camera, "a")
      try await check(2, "camera removed with its stream")
      _ = try await store.pool.query("DELETE FROM cameras")
      try await check(0, "streams removed by the database")
    }
  }

  @Test(
    "pages along labels hold what matches, once and in order",
    arguments: [
      ("half=1", nil), ("site in (s1,s2,s3)", nil), ("half=1,site=s1", nil), ("half=1,!late", nil),
      ("", ["site=s1"]), ("", ["site=s1", "half=1"]), ("half=0", ["site in (s1,s2)", "site=s2"]),
      ("none=x", nil), ("late=yes,half=0", nil),
    ] as [(String, [String]?)])
  func pages(selector: String, scopes: [String]?) async throws {
    try await withStore { store in
      _ = try await store.pool.query(
        """
        INSERT INTO cameras (name, labels, annotations, spec, resource_version)
        SELECT 'c' || i * 7919 % 3001, jsonb_build_object('half', (i % 2)::text, 'site', 's' || i % 7)
          || CASE WHEN i * 7919 % 3001 > 2000 THEN '{"late": "yes"}' ELSE '{}' END::jsonb,
          '{}', '{}', i
        FROM generate_series(1, 3000) i
        """)
      _ = try await store.pool.query(
        """
        INSERT INTO streams (name, labels, annotations, spec, camera_id, resource_version)
        SELECT name, labels, '{}', '{}', id, resource_version FROM cameras
        """)
      let selector = try LabelSelector(parsing: selector)
      let scopes = try scopes?.map { try LabelSelector(parsing: $0) }
      let rows = try await store.pool.query("SELECT name, labels FROM cameras ORDER BY name")
      let expected = try rows.compactMap { row -> String? in
        let labels = try Labels(json: JSONValue(parsing: Array(row.text("labels").utf8)))
        let isSeen = scopes?.contains { $0.matches(labels) } ?? true
        return isSeen && selector.matches(labels) ? try row.text("name") : nil
      }
      for kind in [ResourceKind.camera, .stream] {
        for isDescending in [false, true] {
          var names: [String] = []
          var request = ListRequest(
            limit: 150, scopes: scopes, selector: selector,
            sort: ListSort(.name, isDescending: isDescending))
          repeat {
            let page = try await ResourceQueries.list(store.pool, kind, request)
            names += page.items.map(\.metadata.name.text)
            request.cursor = page.next
          } while request.cursor != nil
          #expect(names == (isDescending ? expected.reversed() : expected), "\(kind)")
        }
      }
    }
  }
}
