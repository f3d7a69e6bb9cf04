import AspenIntegrationSupport
import AspenModel
import AspenPostgres
import AspenStore
import Testing

@testable import AspenController

@Suite("Removing what was deleted from the store")
struct RetirementCommitTests {
  @Test("what changed after the decision stays, and is not said to be removed")
  func changedMeanwhile() async throws {
    try await withTestPool { pool, _ in
      try await Migrator.load(directory: Checkout.root + "/migrations").migrate(pool)
      let store = Store(pool: pool)
      let address = try RTSPAddress.parse("rtsp://192.0.2.1/main", field: "address").address
      try await store.write { transaction in
        _ = try await ResourceQueries.create(
          transaction, .camera, name: ObjectName("yard"),
          spec: CameraSpec(source: .rtsp(address, .tcp), username: nil).json)
        for name in ["goes", "stays"] {
          let stream = try await ResourceQueries.create(
            transaction, .stream, name: ObjectName(name),
            spec: StreamSpec(camera: ObjectName("yard")).json,
            extras: .stream(camera: ObjectName("yard")))
          _ = try await ResourceQueries.requestDeletion(transaction, stream)
        }
      }
      let decided = Retirement(
        of: try await AssignmentQueries.schedulingSnapshot(store),
        Retirement.Workers(
          phase: { _ in nil }, mayRun: { _ in false }, hasReleased: { _, _ in true }))
      #expect(decided.streams.map(\.stream.metadata.name.text) == ["goes", "stays"])
      try await store.write { transaction in
        let stream = try await ResourceQueries.get(transaction, .stream, ObjectName("stays"))
        _ = try await ResourceQueries.update(
          transaction, stream, labels: Labels(["new": "yes"]), annotations: Annotations(),
          spec: stream.spec)
      }
      let answer = try await LeadershipQueries.acquire(store, holder: "test", lease: .seconds(60))
      guard case .leads(let epoch) = answer else {
        Issue.record("nobody else leads")
        return
      }
      let removed = try await decided.commit(
        to: store, as: LeadershipClaim(holder: "test", epoch: epoch))
      #expect(removed.streams.map(\.text) == ["goes"] && removed.cameras == [])
      #expect(
        try await ResourceQueries.find(store.pool, .stream, ObjectName("stays")) != nil)
    }
  }
}
