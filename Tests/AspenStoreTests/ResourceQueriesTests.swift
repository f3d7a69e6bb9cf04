import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Resources in the store")
struct ResourceQueriesTests {
  @Test("a camera comes back as it was stored, without its password")
  func create() async throws {
    try await withStore { store in
      let notes = try Annotations(json: ["note": "behind the tree, \"north\" ✓"])
      let created = try await store.write { transaction in
        let id = try await ResourceQueries.reserveID(transaction, .camera)
        let camera = try await ResourceQueries.create(
          transaction, .camera, id: id, name: .of("yard.north-1"),
          labels: Labels(["site": "yard"]), annotations: notes,
          spec: CameraSpec.rtsp(username: "admin").json,
          extras: .camera(.set(sealed("hunter2"))))
        #expect(camera.metadata.id == id)
        return camera
      }
      let camera = try await store.get(.camera, "yard.north-1")
      #expect(camera == created)
      #expect(camera.metadata.generation == 1)
      #expect(camera.metadata.resourceVersion == 1)
      #expect(camera.metadata.annotations == notes)
      #expect(camera.metadata.labels["site"] == "yard")
      #expect(camera.cameraLabels == camera.metadata.labels)
      #expect(try Camera(camera).spec == .rtsp(username: "admin"))
      #expect(try await ResourceQueries.find(store.pool, .camera, .of("other")) == nil)
      let some = try await ResourceQueries.find(
        store.pool, .camera, names: [.of("yard.north-1"), .of("other")])
      #expect(some == [camera])
    }
  }

  @Test("a name that is taken is a conflict for every kind, and leaves nothing in the feed")
  func nameTaken() async throws {
    try await withStore { store in
      func add(_ kind: ResourceKind, secret: String) async throws {
        switch kind {
        case .camera: try await store.addCamera("a")
        case .stream: try await store.addStream("a", camera: "a")
        case .site, .user: try await store.add(kind, "a")
        case .token:
          try await store.add(
            .token, "a", TokenSpec(role: .viewer).json,
            extras: .token(secretSHA256: digest(secret)))
        case .roleBinding:
          let subject = RoleSubject(kind: .user, name: "a")
          try await store.add(
            .roleBinding, "a", RoleBindingSpec(subject: subject, role: .viewer).json)
        case .joinToken:
          try await store.add(
            .joinToken, "a", extras: .joinToken(publicID: secret, secretSHA256: digest(secret)))
        case .worker, .assignment, .operation, .controller: break
        }
      }
      let kinds: [ResourceKind] = [
        .camera, .stream, .site, .token, .roleBinding, .user, .joinToken,
      ]
      for kind in kinds {
        try await add(kind, secret: "1")
        await #expect(throws: StoreError.conflict(.nameTaken(kind))) {
          try await add(kind, secret: "2")
        }
        #expect(try await store.get(kind, "a").kind == kind)
      }
      #expect(try await store.feed().count == kinds.count)
    }
  }

  @Test("a camera and its stream are created together or not at all")
  func withDefaultStream() async throws {
    try await withStore { store in
      try await store.addCamera("other")
      try await store.addStream("taken", camera: "other")
      await #expect(throws: StoreError.conflict(.nameTaken(.stream))) {
        try await store.write { transaction in
          _ = try await ResourceQueries.create(
            transaction, .camera, name: .of("new"), spec: CameraSpec.rtsp().json)
          _ = try await ResourceQueries.create(
            transaction, .stream, name: .of("taken"), spec: StreamSpec(camera: .of("new")).json,
            extras: .stream(camera: .of("new")))
        }
      }
      await #expect(throws: StoreError.notFound(.camera)) {
        try await store.get(.camera, "new")
      }
    }
  }

  @Test("an update bumps the generation only when the spec or password changes")
  func generations() async throws {
    try await withStore { store in
      try await store.addCamera("a", username: "u", password: sealed("old"))
      var camera = try await store.update(.camera, "a", labels: ["x": "y"])
      #expect(camera.metadata.generation == 1)
      #expect(camera.metadata.resourceVersion == 2)
      #expect(camera.metadata.labels["x"] == "y")
      camera = try await store.update(
        .camera, "a", spec: CameraSpec.rtsp("192.0.2.9", username: "u").json)
      #expect(camera.metadata.generation == 2)
      camera = try await store.update(.camera, "a", extras: .camera(.set(sealed("new"))))
      #expect(camera.metadata.generation == 3)
      camera = try await store.update(.camera, "a", extras: .camera(.clear))
      #expect(camera.metadata.generation == 4)
      #expect(camera.metadata.resourceVersion == 5)
      #expect(camera.metadata.labels["x"] == "y")
    }
  }

  @Test("an update that changes nothing makes no revision")
  func noChange() async throws {
    try await withStore { store in
      let camera = try await store.addCamera("a", labels: ["x": "y"])
      // The members are in another order than the database gives them back.
      let same = try await store.update(
        .camera, "a", labels: ["x": "y"], spec: CameraSpec.rtsp().json,
        extras: .camera(.keep))
      #expect(same == camera)
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == 1)
    }
  }

  @Test("an update or deletion of what has changed or is gone is refused")
  func versions() async throws {
    try await withStore { store in
      let old = try await store.addCamera("a")
      try await store.update(.camera, "a", labels: ["x": "y"])
      let mismatch = StoreError.conflict(.versionMismatch(expected: 1, actual: 2))
      await #expect(throws: mismatch) {
        try await store.update(.camera, "a", from: old, labels: ["x": "z"])
      }
      await #expect(throws: mismatch) {
        try await store.write { try await ResourceQueries.delete($0, old) }
      }
      await #expect(throws: mismatch) {
        try await store.write { try await ResourceQueries.requestDeletion($0, old) }
      }
      try await store.delete(.camera, "a")
      try await store.addCamera("a")
      await #expect(throws: StoreError.notFound(.camera)) {
        try await store.update(.camera, "a", from: old, labels: ["x": "z"])
      }
      await #expect(throws: StoreError.notFound(.camera)) {
        try await store.write { try await ResourceQueries.delete($0, old) }
      }
    }
  }

  @Test("deleting a camera deletes its streams and assignments, each with its entry in the feed")
  func deleteCascades() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let stream = try await store.addStream("a-main", camera: "a")
      try await store.addStream("a-small", camera: "a")
      let worker = try await store.addWorker("w")
      try await store.place(stream, on: worker)
      let before = try await ChangeFeedQueries.newestRevision(store.pool)
      try await store.delete(.camera, "a")
      let changes = try await ChangeFeedQueries.changes(store.pool, after: before).changes
      #expect(
        changes.map(\.summary) == [
          "\(before + 1) assignment a-main deleted", "\(before + 2) stream a-main deleted",
          "\(before + 3) stream a-small deleted", "\(before + 4) camera a deleted",
        ])
      #expect(try await AssignmentQueries.list(store.pool) == [])
      #expect(try await store.names(.stream) == [])
    }
  }

  @Test("deleting a worker deletes its assignments, and a stream's deletion its own")
  func deleteWorkerAndStream() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let streams = [
        try await store.addStream("s1", camera: "a"), try await store.addStream("s2", camera: "a"),
      ]
      let worker = try await store.addWorker("w")
      for stream in streams { try await store.place(stream, on: worker) }
      try await store.delete(.stream, "s1")
      #expect(try await AssignmentQueries.list(store.pool).map(\.streamName.text) == ["s2"])
      try await store.delete(.worker, "w")
      #expect(try await AssignmentQueries.list(store.pool) == [])
      #expect(
        try await store.feed().suffix(4).map { "\($0.kind) \($0.operation)" } == [
          "assignment deleted", "stream deleted", "assignment deleted", "worker deleted",
        ])
    }
  }

  @Test("a camera that is to be removed marks its streams, waits, and takes no new ones")
  func requestDeletion() async throws {
    try await withStore { store in
      let camera = try await store.addCamera("a")
      try await store.addCamera("b")
      try await store.addStream("s", camera: "a")
      let marked = try await store.write { try await ResourceQueries.requestDeletion($0, camera) }
      #expect(marked.metadata.deletionRequestedAt != nil)
      #expect(marked.metadata.resourceVersion > camera.metadata.resourceVersion)
      let pending = try await ResourceQueries.deletionPending(store.pool)
      #expect(pending.map(\.metadata.name.text) == ["s", "a"])
      #expect(pending[1] == marked)
      let revision = try await ChangeFeedQueries.newestRevision(store.pool)
      let again = try await store.write { try await ResourceQueries.requestDeletion($0, marked) }
      #expect(again == marked)
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == revision)
      await #expect(throws: StoreError.missingReference(.camera)) {
        try await store.addStream("late", camera: "a")
      }
      let snapshot = try await AssignmentQueries.schedulingSnapshot(store)
      #expect(snapshot.streams.allSatisfy { $0.stream.metadata.deletionRequestedAt != nil })
    }
  }

  @Test("a stream of a camera that does not exist is refused")
  func missingCamera() async throws {
    try await withStore { store in
      await #expect(throws: StoreError.missingReference(.camera)) {
        try await store.addStream("s", camera: "none")
      }
      let feed = try await store.feed()
      #expect(feed == [])
    }
  }

  @Test("the streams of a camera are found by its name and number")
  func streamsOfCamera() async throws {
    try await withStore { store in
      let camera = try await store.addCamera("a", labels: ["site": "yard"])
      try await store.addCamera("b")
      let second = try await store.addStream("s2", camera: "a")
      let first = try await store.addStream("s1", camera: "a")
      try await store.addStream("other", camera: "b")
      let found = try await ResourceQueries.streams(store.pool, of: .of("a"))
      #expect(found.map(\.metadata.name.text) == ["s1", "s2"])
      #expect(found.map(\.cameraLabels) == [camera.metadata.labels, camera.metadata.labels])
      #expect(try Stream(found[0], cameraID: camera.metadata.id) == first)
      let streams = try await StreamQueries.list(store.pool, ofCameras: [camera.metadata.id])
      #expect(streams == [first, second])
    }
  }

  @Test("a site must be there to be named, and stays while it is")
  func sites() async throws {
    try await withStore { store in
      let hq = try ObjectName("hq")
      let source = try CameraSpec.rtsp().source
      let spec = CameraSpec(source: source, username: nil, site: hq).json
      await #expect(throws: StoreError.missingReference(.site)) {
        try await store.add(.camera, "a", spec)
      }
      await #expect(throws: StoreError.missingReference(.site)) {
        try await store.addJoinToken("t", JoinTokenSpec(site: hq))
      }
      try await store.add(.site, "hq", SiteSpec(description: "Head office").json)
      try await store.add(.camera, "a", spec)
      await #expect(throws: StoreError.missingReference(.site)) {
        try await store.update(.camera, "a", spec: ["site": "other"])
      }
      await #expect(throws: StoreError.stillReferenced(by: .camera)) {
        try await store.delete(.site, "hq")
      }
      try await store.delete(.camera, "a")
      try await store.delete(.site, "hq")
      #expect(try await store.names(.site) == [])
    }
  }

  @Test("a dry run gives the result and leaves nothing")
  func dryRun() async throws {
    try await withStore { store in
      let camera = try await store.write(origin: .of("ada", "camera_create"), dryRun: true) {
        try await ResourceQueries.create(
          $0, .camera, name: .of("a"), spec: CameraSpec.rtsp().json)
      }
      #expect(camera.metadata.name.text == "a")
      #expect(try await store.names(.camera) == [])
      #expect(try await store.feed() == [])
      #expect(try await AuditQueries.list(store.pool, AuditFilter()) == [])
      try await store.addCamera("a")
      await #expect(throws: StoreError.conflict(.nameTaken(.camera))) {
        try await store.write(dryRun: true) {
          try await ResourceQueries.create(
            $0, .camera, name: .of("a"), spec: CameraSpec.rtsp().json)
        }
      }
    }
  }
}
