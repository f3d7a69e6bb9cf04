package import AspenModel
package import AspenPostgres

/// The controller processes there are. Rows make no revisions: they are not what users have written, and
/// change all the time.
package enum ControllerQueries {
  /// The channel on which a controller announces that it hears other workers than before.
  package static let channel = "aspen_controllers"

  /// Adds this controller. One of the same name that ended without saying so is replaced: it was not seen for
  /// `freshness`, or had the same address. False when the name is another's.
  package static func add(
    _ executor: some PostgresExecutor, _ controller: NewController, freshness: Duration
  ) async throws(StoreError) -> Bool {
    try await executor.one(
      ControllerSQL.add,
      [
        .text(controller.process), .text(controller.name.text), .optional(controller.address),
        .text(controller.version), .double(freshness / .seconds(1)), .text(channel),
      ]
    ) { _ in } != nil
  }

  /// Notes that this controller lives. False if it has no row.
  package static func touch(
    _ executor: some PostgresExecutor, process: String
  ) async throws(StoreError) -> Bool {
    try await executor.one(ControllerSQL.touch, [.text(process)]) { _ in } != nil
  }

  /// Notes which workers are connected to this controller, and tells the others.
  package static func setHears(
    _ executor: some PostgresExecutor, process: String, workerIDs: [Int64]
  ) async throws(StoreError) {
    _ = try await executor.all(
      ControllerSQL.setHears, [.text(process), .intArray(workerIDs), .text(channel)]
    ) { _ in }
  }

  /// All controllers by name, with the workers that they hear: unless their version is the one that is known
  /// already, by process.
  package static func roster(
    _ executor: some PostgresExecutor, knownHears: [String: Int64]
  ) async throws(StoreError) -> [ControllerRecord] {
    let known = knownHears.sorted { $0.key < $1.key }
    return try await executor.all(
      ControllerSQL.roster, [.textArray(known.map(\.key)), .intArray(known.map(\.value))], record)
  }

  /// A page of controllers, without the workers that they hear. Throws `.invalid` for a cursor of another order.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<ControllerRecord> {
    try await executor.page(ControllerSQL.source, request, record)
  }

  /// One controller by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> ControllerRecord {
    guard let found = try await executor.one(ControllerSQL.get, [.text(name.text)], record) else {
      throw .notFound(.controller)
    }
    return found
  }

  /// Removes this controller, which stops.
  package static func remove(
    _ executor: some PostgresExecutor, process: String
  ) async throws(StoreError) {
    _ = try await executor.all(ControllerSQL.remove, [.text(process), .text(channel)]) { _ in }
  }

  /// Removes those that were not seen for long.
  package static func trim(
    _ executor: some PostgresExecutor, unseenFor age: Duration
  ) async throws(StoreError) {
    _ = try await executor.all(ControllerSQL.trim, [.double(age / .seconds(1))]) { _ in }
  }

  /// Numbers with commas between them.
  private static func numbers(_ text: String) throws(StoreError) -> [Int64] {
    try text.split(separator: ",").map { part throws(StoreError) in
      guard let number = Int64(part) else { throw .corrupt("column hears has no numbers") }
      return number
    }
  }

  private static func record(_ row: StoredRow) throws(StoreError) -> ControllerRecord {
    let hears = try row.optionalText("hears")
    return ControllerRecord(
      id: try row.int("id"), process: try row.text("process"), name: try row.name("name"),
      address: try row.optionalText("address"),
      version: try row.text("version"), startedAt: try row.timestamp("started_at"),
      seenAt: try row.timestamp("seen_at"),
      unseenFor: .milliseconds(try row.int("unseen_ms")),
      hears: try hears.map { text throws(StoreError) in try numbers(text) },
      hearsVersion: try row.int("hears_version"),
      workerCount: Int(try row.int("worker_count")), epoch: try row.optionalInt("epoch"))
  }
}
