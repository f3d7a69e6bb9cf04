import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Lists of the store")
struct ListTests {
  @Test("pages follow each other in byte order and tell the revision")
  func pages() async throws {
    try await withStore { store in
      let names = ["a", "a-1", "a.1", "a1", "b", "z9"]
      for name in names.reversed() { try await store.addCamera(name) }
      var request = ListRequest(limit: 4)
      let first = try await ResourceQueries.list(store.pool, .camera, request)
      #expect(first.items.map(\.metadata.name.text) == ["a", "a-1", "a.1", "a1"])
      #expect(first.revision == 6)
      request.cursor = try ListCursor(parsing: #require(first.next).text)
      let second = try await ResourceQueries.list(store.pool, .camera, request)
      #expect(second.items.map(\.metadata.name.text) == ["b", "z9"])
      #expect(second.next == nil)
      request.selector = try LabelSelector(parsing: "none")
      let empty = try await ResourceQueries.list(store.pool, .camera, request)
      #expect(empty.items == [])
      #expect(empty.revision == 6)
    }
  }

  @Test(
    "every order gives everything once, page by page",
    arguments: ["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"])
  func orders(text: String) async throws {
    try await withStore { store in
      for name in ["d", "b", "a", "c", "e"] { try await store.addCamera(name) }
      for name in ["b", "e"] { try await store.update(.camera, name, labels: ["x": "y"]) }
      let sort = try ListSort(parsing: text)
      var names: [String] = []
      var request = ListRequest(limit: 2, sort: sort)
      repeat {
        let page = try await ResourceQueries.list(store.pool, .camera, request)
        names += page.items.map(\.metadata.name.text)
        request.cursor = page.next
      } while request.cursor != nil
      let expected =
        switch sort.field {
        case .name: ["a", "b", "c", "d", "e"]
        case .createdAt: ["d", "b", "a", "c", "e"]
        case .updatedAt: ["d", "a", "c", "b", "e"]
        }
      #expect(names == (sort.isDescending ? Array(expected.reversed()) : expected))
    }
  }

  @Test("a cursor is read as it was written, and serves only its own order")
  func cursors() async throws {
    try await withStore { store in
      for name in ["a", "b", "c"] { try await store.addCamera(name) }
      for field in ListSort.Field.allCases {
        let sort = ListSort(field, isDescending: true)
        let page = try await ResourceQueries.list(
          store.pool, .camera, ListRequest(limit: 1, sort: sort))
        let cursor = try #require(page.next)
        #expect(try ListCursor(parsing: cursor.text) == cursor)
        await #expect {
          try await ResourceQueries.list(
            store.pool, .camera, ListRequest(cursor: cursor, sort: ListSort(field)))
        } throws: { error in
          guard case .invalid(let error) = error as? StoreError else { return false }
          return error.violations.map(\.field) == ["cursor"]
        }
      }
      for text in ["", "a", "bmFtZQ", "bmFtZSBB", "eCAx", String(repeating: "a", count: 200)] {
        #expect(throws: ValidationError.self) { try ListCursor(parsing: text) }
      }
    }
  }

  @Test(
    "a selector chooses in SQL what it chooses in memory",
    arguments: [
      "", "site", "!site", "site=a", "site!=a", "site in (a,b)", "site notin (a,b)", "site,gpu",
      "site=a,!gpu", "site=", "missing=x", "missing!=x", "site in (c),gpu notin (no)",
      "a.b/c-d_e=1", "site in (a,b),gpu=yes", "site=a,site=b",
    ])
  func selectors(text: String) async throws {
    try await withStore { store in
      let labels: [[String: String]] = [
        [:], ["site": "a"], ["site": "b", "gpu": "yes"], ["site": "c"], ["gpu": "no"],
        ["site": "", "gpu": ""], ["a.b/c-d_e": "1"],
      ]
      for (index, labels) in labels.enumerated() {
        try await store.addCamera("c\(index)", labels: labels)
      }
      let selector = try LabelSelector(parsing: text)
      let all = try await ResourceQueries.list(store.pool, .camera, ListRequest()).items
      let chosen = try await ResourceQueries.list(
        store.pool, .camera, ListRequest(selector: selector)
      ).items
      #expect(chosen == all.filter { selector.matches($0.metadata.labels) })
    }
  }

  @Test("scopes choose by the camera's labels, and nothing that belongs to no camera")
  func scopes() async throws {
    try await withStore { store in
      for site in ["a", "b", "c"] {
        try await store.addCamera("cam-\(site)", labels: ["site": site])
        try await store.addStream("s-\(site)", camera: "cam-\(site)", labels: ["own": site])
      }
      let worker = try await store.addWorker("w")
      for site in ["a", "b"] {
        let stream = try await StreamQueries.get(store.pool, name: .of("s-\(site)"))
        try await store.place(stream, on: worker)
      }
      func names(_ kind: ResourceKind, _ scopes: [String]?) async throws -> [String] {
        let scopes = try scopes?.map { try LabelSelector(parsing: $0) }
        return try await ResourceQueries.list(store.pool, kind, ListRequest(scopes: scopes)).items
          .map(\.metadata.name.text)
      }
      #expect(try await names(.camera, ["site=a", "site=c"]) == ["cam-a", "cam-c"])
      #expect(try await names(.stream, ["site=b"]) == ["s-b"])
      #expect(try await names(.stream, ["own=b"]) == [])
      #expect(try await names(.stream, ["site notin (a,b)"]) == ["s-c"])
      #expect(try await names(.stream, [""]) == ["s-a", "s-b", "s-c"])
      #expect(try await names(.stream, []) == [])
      #expect(try await names(.worker, [""]) == [])
      #expect(try await names(.worker, nil) == ["w"])
      let assigned = try await AssignmentQueries.list(
        store.pool, ListRequest(scopes: [LabelSelector(parsing: "site=b")]))
      #expect(assigned.items.map(\.streamName.text) == ["s-b"])
      let own = try await AssignmentQueries.list(
        store.pool, ListRequest(selector: LabelSelector(parsing: "own=a")))
      #expect(own.items.map(\.streamName.text) == ["s-a"])
    }
  }

  @Test(
    "filters choose by fields of the spec, also by numbers and truth values",
    arguments: [
      ("spec.camera=a", ["s0", "s1", "s2"]), ("spec.enabled=true", ["s0", "s2"]),
      ("spec.enabled!=true", ["s1"]), ("spec.max_fps=5", ["s1"]), ("spec.max_fps=2.5", ["s2"]),
      ("spec.max_fps!=5", ["s0", "s2"]), ("spec.camera=x", []), ("name=s1", ["s1"]),
      ("name!=s1", ["s0", "s2"]), ("spec.enabled=true,spec.max_fps=2.5", ["s2"]),
      ("name=s1,name=s2", []), (#"spec.camera="a"#, []), (#"spec.camera=a" || "a" == "a"#, []),
    ])
  func filters(_ text: String, _ expected: [String]) async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let camera = try ObjectName("a")
      let specs = [
        StreamSpec(camera: camera),
        StreamSpec(camera: camera, isEnabled: false, maxFramesPerSecond: 5),
        StreamSpec(camera: camera, maxFramesPerSecond: 2.5),
      ]
      for (index, spec) in specs.enumerated() {
        try await store.add(.stream, "s\(index)", spec.json, extras: .stream(camera: camera))
      }
      let request = ListRequest(filters: try FieldFilter.parse(text))
      let found = try await ResourceQueries.list(store.pool, .stream, request).items
      #expect(found.map(\.metadata.name.text) == expected)
    }
  }

  @Test("a list of numbers gives these, and no others")
  func ids() async throws {
    try await withStore { store in
      let cameras = [
        try await store.addCamera("b"), try await store.addCamera("a"),
        try await store.addCamera("c"),
      ]
      let ids = [cameras[0].metadata.id, cameras[1].metadata.id, 9_999]
      let page = try await ResourceQueries.list(store.pool, .camera, ListRequest(ids: ids))
      #expect(page.items.map(\.metadata.name.text) == ["a", "b"])
      #expect(
        try await ResourceQueries.list(store.pool, .camera, ListRequest(ids: [])).items == [])
    }
  }
}
