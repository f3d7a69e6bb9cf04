import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Cameras and streams in the store")
struct CameraQueriesTests {
  @Test("a camera comes back as it was stored, without its password")
  func create() async throws {
    try await withStore { store in
      let created = try await store.addCamera(
        "yard.north-1", labels: ["site": "yard"], username: "admin", password: "hunter2")
      let name = try ObjectName("yard.north-1")
      let camera = try await CameraQueries.get(store.pool, name: name)
      #expect(camera == created)
      #expect(camera.metadata.name == name)
      #expect(camera.metadata.generation == 1)
      #expect(camera.metadata.resourceVersion == 1)
      #expect(camera.metadata.labels["site"] == "yard")
      #expect(try camera.spec == .rtsp(username: "admin"))
      #expect(!"\(try await store.pool.query("SELECT spec FROM cameras"))".contains("hunter2"))
    }
  }

  @Test("a name that is taken is a conflict, and leaves nothing in the feed")
  func nameTaken() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      await #expect(throws: StoreError.conflict(.nameTaken(.camera))) {
        try await store.addCamera("a")
      }
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == 1)
      #expect(try await store.feed().count == 1)
    }
  }

  @Test("a camera and its stream are created together or not at all")
  func withDefaultStream() async throws {
    try await withStore { store in
      try await store.addCamera("other")
      try await store.addStream("taken", camera: "other")
      await #expect(throws: StoreError.conflict(.nameTaken(.stream))) {
        try await store.write { transaction in
          _ = try await CameraQueries.create(
            transaction, name: .of("new"), labels: Labels(), spec: .rtsp(), password: nil)
          _ = try await StreamQueries.create(
            transaction, name: .of("taken"), labels: Labels(), spec: StreamSpec(camera: .of("new")))
        }
      }
      await #expect(throws: StoreError.notFound(.camera)) {
        try await CameraQueries.get(store.pool, name: .of("new"))
      }
    }
  }

  @Test("an update bumps the generation only when the spec or password changes")
  func generations() async throws {
    try await withStore { store in
      try await store.addCamera("a", username: "u", password: "old")
      let name = try ObjectName("a")
      func update(_ change: CameraUpdate) async throws -> ResourceMetadata {
        try await store.write { transaction in
          try await CameraQueries.update(transaction, name: name, change).metadata
        }
      }
      var metadata = try await update(CameraUpdate(labels: Labels(["x": "y"])))
      #expect(metadata.generation == 1)
      #expect(metadata.resourceVersion == 2)
      #expect(metadata.labels["x"] == "y")
      metadata = try await update(CameraUpdate(spec: .rtsp(username: "u")))
      #expect(metadata.generation == 1)
      metadata = try await update(CameraUpdate(spec: .rtsp("192.0.2.9", username: "u")))
      #expect(metadata.generation == 2)
      metadata = try await update(CameraUpdate(password: .set(Secret("new"))))
      #expect(metadata.generation == 3)
      metadata = try await update(CameraUpdate(password: .set(Secret("new"))))
      #expect(metadata.generation == 3)
      metadata = try await update(CameraUpdate(password: .clear))
      #expect(metadata.generation == 4)
      #expect(metadata.resourceVersion == 7)
      #expect(metadata.labels["x"] == "y")
    }
  }

  @Test("an update or deletion with another version than expected is refused")
  func expectedVersion() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let mismatch = StoreError.conflict(.versionMismatch(expected: 9, actual: 1))
      await #expect(throws: mismatch) {
        try await store.write { transaction in
          try await CameraQueries.update(
            transaction, name: .of("a"), expectedVersion: 9, CameraUpdate(labels: Labels()))
        }
      }
      await #expect(throws: mismatch) {
        try await store.write {
          try await CameraQueries.delete($0, name: .of("a"), expectedVersion: 9)
        }
      }
      await #expect(throws: StoreError.notFound(.camera)) {
        try await store.write {
          try await CameraQueries.delete($0, name: .of("b"), expectedVersion: 9)
        }
      }
      try await store.write { transaction in
        _ = try await CameraQueries.update(
          transaction, name: .of("a"), expectedVersion: 1, CameraUpdate(labels: Labels()))
        try await CameraQueries.delete(transaction, name: .of("a"), expectedVersion: 2)
      }
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == 3)
    }
  }

  @Test("deleting a camera deletes its streams and assignments, each with its entry in the feed")
  func deleteCascades() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let stream = try await store.addStream("a-main", camera: "a")
      try await store.addStream("a-small", camera: "a")
      let worker = try await store.addWorker("w")
      try await store.write { transaction in
        _ = try await AssignmentQueries.commit(
          transaction,
          [
            .place(
              streamID: stream.metadata.id, workerID: worker.metadata.id, expectedGeneration: nil,
              reason: "test")
          ])
      }
      let before = try await ChangeFeedQueries.newestRevision(store.pool)
      try await store.write { try await CameraQueries.delete($0, name: .of("a")) }
      let changes = try await ChangeFeedQueries.changes(store.pool, after: before).changes
      #expect(
        changes.map(\.summary) == [
          "7 assignment a-main deleted", "8 stream a-main deleted", "9 stream a-small deleted",
          "10 camera a deleted",
        ])
      #expect(try await AssignmentQueries.list(store.pool) == [])
      #expect(try await StreamQueries.list(store.pool, ListRequest()).items == [])
    }
  }

  @Test("a stream of a camera that does not exist is refused, on creation and on update")
  func missingCamera() async throws {
    try await withStore { store in
      await #expect(throws: StoreError.missingReference(.camera)) {
        try await store.addStream("s", camera: "none")
      }
      try await store.addCamera("a")
      try await store.addStream("s", camera: "a")
      await #expect(throws: StoreError.missingReference(.camera)) {
        try await store.write { transaction in
          try await StreamQueries.update(
            transaction, name: .of("s"), spec: StreamSpec(camera: .of("none")))
        }
      }
    }
  }

  @Test("a stream's update changes its camera, spec and labels")
  func updateStream() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let other = try await store.addCamera("b")
      try await store.addStream("s", camera: "a", labels: ["k": "v"])
      let spec = StreamSpec(
        camera: try .of("b"), isEnabled: false, maxFramesPerSecond: 2.5, maxWidth: 640,
        require: try LabelSelector(parsing: "gpu,site in (a,b)"))
      let stream = try await store.write { transaction in
        try await StreamQueries.update(transaction, name: .of("s"), spec: spec)
      }
      #expect(stream.spec == spec)
      #expect(stream.cameraID == other.metadata.id)
      #expect(stream.metadata.generation == 2)
      #expect(stream.metadata.labels["k"] == "v")
      #expect(try await StreamQueries.get(store.pool, name: .of("s")) == stream)
      let ofB = try await StreamQueries.list(store.pool, ListRequest(), camera: .of("b"))
      #expect(ofB.items == [stream])
      #expect(try await StreamQueries.list(store.pool, ListRequest(), camera: .of("a")).items == [])
    }
  }
}

@Suite("Lists of the store")
struct ListTests {
  @Test("pages follow each other in byte order and tell the revision")
  func pages() async throws {
    try await withStore { store in
      let names = ["a", "a-1", "a.1", "a1", "b", "z9"]
      for name in names.reversed() { try await store.addCamera(name) }
      var request = ListRequest(limit: 4)
      let first = try await CameraQueries.list(store.pool, request)
      #expect(first.items.map(\.metadata.name.text) == ["a", "a-1", "a.1", "a1"])
      #expect(first.next?.text == "a1")
      #expect(first.revision == 6)
      request.after = first.next
      let second = try await CameraQueries.list(store.pool, request)
      #expect(second.items.map(\.metadata.name.text) == ["b", "z9"])
      #expect(second.next == nil)
      request.after = try .of("z9")
      let empty = try await CameraQueries.list(store.pool, request)
      #expect(empty.items == [])
      #expect(empty.revision == 6)
    }
  }

  @Test(
    "a selector chooses in SQL what it chooses in memory",
    arguments: [
      "", "site", "!site", "site=a", "site!=a", "site in (a,b)", "site notin (a,b)", "site,gpu",
      "site=a,!gpu", "site=", "missing=x", "missing!=x", "site in (c),gpu notin (no)",
    ])
  func selectors(text: String) async throws {
    try await withStore { store in
      let labels: [[String: String]] = [
        [:], ["site": "a"], ["site": "b", "gpu": "yes"], ["site": "c"], ["gpu": "no"],
        ["site": "", "gpu": ""],
      ]
      for (index, labels) in labels.enumerated() {
        try await store.addCamera("c\(index)", labels: labels)
      }
      let selector = try LabelSelector(parsing: text)
      let all = try await CameraQueries.list(store.pool, ListRequest()).items
      let chosen = try await CameraQueries.list(store.pool, ListRequest(selector: selector)).items
      #expect(chosen == all.filter { selector.matches($0.metadata.labels) })
    }
  }
}
