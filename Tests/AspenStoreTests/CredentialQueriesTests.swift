import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Stored passwords of cameras")
struct CredentialQueriesTests {
  @Test("passwords from before there were keys are found and sealed, without a revision")
  func legacy() async throws {
    try await withStore { store in
      for name in ["a", "b"] { try await store.addCamera(name, username: "u") }
      _ = try await store.pool.query(
        "UPDATE cameras SET credentials = '{\"password\": \"hunter2\"}'")
      let found = try await CredentialQueries.unsealed(store.pool)
      #expect(found.map(\.password) == [.legacy(Secret("hunter2")), .legacy(Secret("hunter2"))])
      #expect(!"\(found)".contains("hunter2"))
      #expect(try await CredentialQueries.count(store.pool, notUnder: "k1") == 2)
      for credential in found {
        #expect(try await CredentialQueries.replace(store.pool, credential, with: sealed("s")))
        // Somebody else was faster.
        #expect(try await !CredentialQueries.replace(store.pool, credential, with: sealed("t")))
      }
      #expect(try await CredentialQueries.unsealed(store.pool).isEmpty)
      #expect(try await CredentialQueries.count(store.pool, notUnder: "k1") == 0)
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == 2)
      let rows = try await store.pool.query("SELECT FROM cameras WHERE credentials IS NOT NULL")
      #expect(rows.isEmpty)
    }
  }

  @Test("the rows from before a password was sealed are vacuumed away")
  func deadVersions() async throws {
    try await withStore { store in
      func vacuums() async throws -> Int64 {
        try await store.pool.query(
          "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'cameras'")[0]
          .int("vacuum_count")
      }
      #expect(try await vacuums() == 0)
      try await CredentialQueries.removeDeadVersions(store.pool)
      #expect(try await vacuums() == 1)
    }
  }

  @Test("passwords under another key are found page by page and sealed anew")
  func reseal() async throws {
    try await withStore { store in
      for index in 0..<5 {
        try await store.addCamera(
          "c\(index)", username: "u",
          password: sealed("p\(index)", key: index == 2 ? "new" : "old"))
      }
      try await store.addCamera("open")
      #expect(try await CredentialQueries.count(store.pool, notUnder: "new") == 4)
      var after: Int64 = 0
      var seen = 0
      while true {
        let page = try await CredentialQueries.sealed(
          store.pool, notUnder: "new", after: after, limit: 3)
        guard let last = page.last else { break }
        for credential in page {
          let anew = sealed("anew", key: "new")
          #expect(try await CredentialQueries.replace(store.pool, credential, with: anew))
        }
        seen += page.count
        after = last.cameraID
      }
      #expect(seen == 4)
      #expect(try await CredentialQueries.count(store.pool, notUnder: "new") == 0)
    }
  }

  @Test("a new password takes the place of one that was never sealed")
  func replacesLegacy() async throws {
    try await withStore { store in
      try await store.addCamera("a", username: "u")
      _ = try await store.pool.query(
        "UPDATE cameras SET credentials = '{\"password\": \"hunter2\"}'")
      try await store.update(.camera, "a", labels: ["x": "y"])
      #expect(try await CredentialQueries.unsealed(store.pool).count == 1)
      try await store.update(.camera, "a", extras: .camera(.set(sealed("new"))))
      #expect(try await CredentialQueries.unsealed(store.pool).isEmpty)
      #expect(try await CredentialQueries.count(store.pool, notUnder: "other") == 1)
      try await store.update(.camera, "a", extras: .camera(.clear))
      #expect(try await CredentialQueries.count(store.pool, notUnder: "other") == 0)
    }
  }
}
