import AspenIntegrationSupport
import AspenPostgres
import AspenTestSupport
import Testing

@Suite("Pool: notifications")
struct PostgresListenTests {
  @Test("each channel's callback gets its own payloads in order, after word that listening began")
  func channels() async throws {
    try await withTestPool { pool, _ in
      let (left, right) = (Collected<[String]>(), Collected<[String]>())
      pool.listen(channel: "left_side", orPoll: "SELECT 1") { left.append($0) }
      pool.listen(channel: "right_side", orPoll: "SELECT 1") { right.append($0) }
      try await waitUntil("listening") { left.value.count == 1 && right.value.count == 1 }
      for index in 0..<20 {
        let channel = index % 2 == 0 ? "left_side" : "right_side"
        _ = try await pool.query("SELECT pg_notify($1, $2)", [.text(channel), .text("\(index)")])
      }
      try await waitUntil("all notifications") {
        left.value.count == 11 && right.value.count == 11
      }
      #expect(left.value == [""] + (0..<10).map { "\($0 * 2)" })
      #expect(right.value == [""] + (0..<10).map { "\($0 * 2 + 1)" })
    }
  }
}
