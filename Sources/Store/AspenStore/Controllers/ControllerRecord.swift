package import AspenModel

/// A controller process that has started.
package struct NewController: Sendable, Hashable {
  /// Different for each process.
  package var process: String
  package var name: ObjectName
  package var address: String?
  package var version: String

  /// A controller by its parts.
  package init(process: String, name: ObjectName, address: String?, version: String) {
    self.process = process
    self.name = name
    self.address = address
    self.version = version
  }
}

/// A controller process as the database knows it.
package struct ControllerRecord: Sendable, Hashable {
  package let id: Int64
  /// Different for each process.
  package let process: String
  package let name: ObjectName
  /// By which workers and people reach it, if it is known.
  package let address: String?
  package let version: String
  package let startedAt: Timestamp
  package let seenAt: Timestamp
  /// How long ago it was seen, by the database's clock.
  package let unseenFor: Duration
  /// The workers that are connected to it; nil when that version of them was known already.
  package let hears: [Int64]?
  package let hearsVersion: Int64
  package let workerCount: Int
  /// The epoch in which it leads, if it does.
  package let epoch: Int64?

  /// A record by its parts.
  package init(
    id: Int64, process: String, name: ObjectName, address: String?, version: String,
    startedAt: Timestamp, seenAt: Timestamp, unseenFor: Duration, hears: [Int64]?,
    hearsVersion: Int64,
    workerCount: Int, epoch: Int64?
  ) {
    self.id = id
    self.process = process
    self.name = name
    self.address = address
    self.version = version
    self.startedAt = startedAt
    self.seenAt = seenAt
    self.unseenFor = unseenFor
    self.hears = hears
    self.hearsVersion = hearsVersion
    self.workerCount = workerCount
    self.epoch = epoch
  }
}
