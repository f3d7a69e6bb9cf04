import AspenModel
import AspenPostgres
import Testing

@testable import AspenStore

@Suite("Lists of many cameras")
struct ListPlanTests {
  /// Makes cameras `camera-000000`…: `half=…` on every second, `rare=yes` on one of a thousand, `late=yes` on
  /// the last third, and site `hq-0` to `hq-99` in the spec.
  static func fill(_ pool: PostgresPool, _ numbers: ClosedRange<Int>, last: Int) async throws {
    _ = try await pool.query(
      """
      INSERT INTO cameras (name, labels, annotations, spec, resource_version)
      SELECT 'camera-' || lpad(((i * 7919) % ($3::bigint + 1))::text, 7, '0'),
        jsonb_build_object('half', (i % 2)::text, 'site', 'site-' || i % 997)
          || CASE WHEN i % 1000 = 7 THEN '{"rare": "yes"}' ELSE '{}' END::jsonb
          || CASE WHEN (i * 7919) % ($3 + 1) > $3 * 2 / 3 THEN '{"late": "yes"}' ELSE '{}' END::jsonb,
        '{}',
        jsonb_build_object('type', 'rtsp', 'transport', 'tcp', 'site', 'hq-' || i % 100,
          'address', 'rtsp://10.0.0.1/' || i), i + 1
      FROM generate_series($1::bigint, $2::bigint) i
      """,
      [.int(Int64(numbers.lowerBound)), .int(Int64(numbers.upperBound)), .int(Int64(last))])
  }

  private func withManyCameras(_ body: (Store) async throws -> Void) async throws {
    try await withStore { store in
      try await Self.fill(store.pool, 0...19_999, last: 19_999)
      _ = try await store.pool.query("ANALYZE")
      try await body(store)
    }
  }

  @Test("no statement of a list or lookup reads all cameras one by one")
  func plans() async throws {
    try await withManyCameras { store in
      let table = ResourceTable.of(.camera)
      let deep = ListCursor(sort: .byName, value: "camera-0015000")
      func request(_ selector: String = "", _ filter: String = "") throws -> ListRequest {
        ListRequest(
          cursor: deep, limit: 100, selector: try LabelSelector(parsing: selector),
          filters: try FieldFilter.parse(filter))
      }
      var statements: [(String, String, [PostgresValue])] = [
        ("cameras_name_key", table.select("r.name = $1"), [.text("camera-0000001")])
      ]
      func add(_ index: String, _ statement: ListStatement) {
        statements.append((index, statement.sql, statement.values))
      }
      for sort in ListSort.Field.allCases {
        let index =
          switch sort {
          case .name: "cameras_name_key"
          case .createdAt: "cameras_pkey"
          case .updatedAt: "cameras_resource_version"
          }
        let request = ListRequest(limit: 100, sort: ListSort(sort, isDescending: true))
        add(index, .walk(table.list, request, window: nil))
      }
      add("cameras_name_key", .walk(table.list, try request(), window: nil))
      add("cameras_name_key", .walk(table.list, try request("half=1"), window: 5_000))
      add("cameras_labels", .search(table.list, try request("rare=yes")))
      add("cameras_labels", .search(table.list, try request("site in (site-1,site-2),!x")))
      add("cameras_spec", .search(table.list, try request("", "spec.site=hq-7")))
      for selector in ["site=site-1", "site in (site-1,site-2)", "half=1,site=site-1"] {
        let request = try request(selector)
        let ways = LabelEntries.ways(table.list, request)
        let way = try #require(ways.first)
        add("camera_label_entries_pkey", .walk(table.list, request, along: way, window: 128))
        add("camera_label_entries_pkey", .reach(table.list, request, along: ways))
      }
      var scoped = try request()
      scoped.scopes = [
        try LabelSelector(parsing: "site=site-1"), try LabelSelector(parsing: "rare=yes"),
      ]
      add("cameras_labels", .search(table.list, scoped))
      for (index, sql, values) in statements {
        let rows = try await store.pool.query("EXPLAIN " + sql, values)
        let plan = try rows.map { try $0.text("QUERY PLAN") }.joined(separator: "\n")
        #expect(plan.contains(index), "\(plan)")
        #expect(!plan.contains("Seq Scan on cameras"), "\(plan)")
        #expect(!plan.contains("Seq Scan on camera_label_entries"), "\(plan)")
      }
    }
  }

  @Test("pages of rare, common and late labels hold what matches, once and in order")
  func pages() async throws {
    try await withManyCameras { store in
      let rows = try await store.pool.query("SELECT name, labels FROM cameras ORDER BY name")
      let all = try rows.map { row in
        (
          name: try row.text("name"),
          labels: try Labels(json: JSONValue(parsing: Array(row.text("labels").utf8)))
        )
      }
      for text in ["rare=yes", "half=1", "late=yes", "late=yes,half!=1", "late!=yes", "none=x"] {
        let selector = try LabelSelector(parsing: text)
        var names: [String] = []
        var request = ListRequest(limit: 1_000, selector: selector)
        repeat {
          let page = try await ResourceQueries.list(store.pool, .camera, request)
          names += page.items.map(\.metadata.name.text)
          request.cursor = page.next
        } while request.cursor != nil
        #expect(names == all.filter { selector.matches($0.labels) }.map(\.name), "\(text)")
      }
    }
  }

  @Test("a plan of 10,000 streams is carried out in one go, with an entry for each")
  func bulkCommit() async throws {
    try await withStore { store in
      try await store.addCamera("a", labels: ["site": "x"])
      let worker = try await store.addWorker("w", capacity: 10_000)
      let rows = try await store.pool.query(
        """
        INSERT INTO streams (name, labels, annotations, spec, camera_id, resource_version)
        SELECT 's' || i, '{}', '{}', '{"camera": "a"}', c.id, 1
        FROM generate_series(1, 10000) i, cameras c
        RETURNING id
        """)
      let ids = try rows.map { try $0.int("id") }
      let before = try await ChangeFeedQueries.newestRevision(store.pool)
      let placed = try await store.write { transaction in
        try await AssignmentQueries.commit(
          transaction,
          ids.map {
            .place(
              streamID: $0, workerID: worker.metadata.id, expectedGeneration: nil, reason: "room")
          })
      }
      #expect(placed.count == 10_000)
      let fed = try await store.pool.query(
        """
        SELECT count(*) AS n FROM change_feed f
        JOIN assignments a ON a.resource_version = f.revision AND a.stream_id = f.object_id
        WHERE f.object ->> 'worker' = 'w' AND f.camera_labels ->> 'site' = 'x'
        """)
      #expect(try fed[0].int("n") == 10_000)
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == before + 10_000)
      try await store.delete(.worker, "w")
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == before + 20_001)
    }
  }
}
