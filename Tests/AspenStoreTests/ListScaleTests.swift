import AspenModel
import AspenPostgres
import AspenStore
import Foundation
import Testing

/// Prints how long reads take with few and with very many cameras. It takes minutes, so it runs only when
/// asked: `ASPEN_STORE_SCALE=1000000 swift test --filter ListScaleTests`.
@Suite(
  "Reads at scale",
  .enabled(if: ProcessInfo.processInfo.environment["ASPEN_STORE_SCALE"] != nil))
struct ListScaleTests {
  private struct Read {
    let name: String
    let run: (Store) async throws -> Int
  }

  @Test("reads of one thing and of a page take as long with very many cameras as with 1,000")
  func reads() async throws {
    let text = ProcessInfo.processInfo.environment["ASPEN_STORE_SCALE"] ?? ""
    let scale = try #require(Int(text), "ASPEN_STORE_SCALE is the number of cameras")
    for count in [1_000, scale] {
      try await withStore { store in
        for start in stride(from: 0, to: count, by: 20_000) {
          let end = min(start + 20_000, count) - 1
          try await ListPlanTests.fill(store.pool, start...end, last: count - 1)
        }
        _ = try await store.pool.query(
          """
          INSERT INTO change_feed (revision, kind, object_id, object_name, operation, object)
          SELECT resource_version, 'camera', id, name, 'created', spec FROM cameras
          ORDER BY resource_version DESC LIMIT 100000
          """)
        _ = try await store.pool.query(
          "UPDATE revision SET value = $1::bigint, trimmed_through = greatest($1::bigint - 100000, 0)",
          [.int(Int64(count))])
        for number in stride(from: 1, through: count, by: 100_000) {
          _ = try await store.pool.query(
            """
            INSERT INTO streams (name, labels, annotations, spec, camera_id, resource_version)
            SELECT name, '{}', '{}', jsonb_build_object('camera', name, 'enabled', true), id,
              resource_version
            FROM cameras WHERE id >= $1::bigint AND id < $1::bigint + 100000
            """, [.int(Int64(number))])
        }
        _ = try await store.pool.query("ANALYZE")
        for read in try reads(of: count) { try await measure(read, store, count) }
      }
    }
  }

  private func reads(of count: Int) throws -> [Read] {
    func name(_ part: Int) -> String {
      let digits = String(count * part / 10)
      return "camera-" + String(repeating: "0", count: 7 - digits.count) + digits
    }
    func list(
      _ name: String, selector: String = "", filter: String = "", scope: String? = nil,
      after: String? = nil
    ) throws -> Read {
      var request = ListRequest(
        limit: 100, scopes: try scope.map { [try LabelSelector(parsing: $0)] },
        selector: try LabelSelector(parsing: selector), filters: try FieldFilter.parse(filter))
      if let after {
        request.cursor = try ListCursor(
          parsing: Data("name \(after)".utf8).base64EncodedString()
            .replacing("=", with: ""))
      }
      return Read(name: name) { store in
        try await ResourceQueries.list(store.pool, .camera, request).items.count
      }
    }
    let middle = try ObjectName(name(5))
    return [
      Read(name: "get") { store in
        _ = try await ResourceQueries.get(store.pool, .camera, middle)
        return 1
      },
      try list("first page"), try list("deep page", after: name(9)),
      try list("label of one in 1,000", selector: "rare=yes"),
      try list("label of one in two", selector: "half=1"),
      try list("label of the last third", selector: "late=yes"),
      try list("label of the last third, deep", selector: "late=yes", after: name(9)),
      try list("two labels", selector: "half=1,rare=yes"),
      try list("scope of one in 997", scope: "site=site-5"),
      try list("field of one in 100", filter: "spec.site=hq-7"),
      Read(name: "streams in a scope of one in 997") { store in
        let request = ListRequest(limit: 100, scopes: [try LabelSelector(parsing: "site=site-5")])
        return try await ResourceQueries.list(store.pool, .stream, request).items.count
      },
      Read(name: "streams in a scope of one in two") { store in
        let request = ListRequest(limit: 100, scopes: [try LabelSelector(parsing: "half=1")])
        return try await ResourceQueries.list(store.pool, .stream, request).items.count
      },
      Read(name: "1,000 changes") { store in
        try await ChangeFeedQueries.changes(store.pool, after: Int64(count - 1_000)).changes.count
      },
    ]
  }

  private func measure(_ read: Read, _ store: Store, _ count: Int) async throws {
    var times: [Duration] = []
    var rows = 0
    for _ in 0..<51 {
      times.append(try await ContinuousClock().measure { rows = try await read.run(store) })
    }
    times.sort()
    print("\(count) cameras\t\(read.name)\t\(rows) rows\tp50 \(times[25])\tworst \(times[50])")
  }
}
