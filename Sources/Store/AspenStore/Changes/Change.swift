package import AspenModel

/// What happened to a resource.
package enum ChangeOperation: String, Sendable, Hashable, CaseIterable {
  case created
  case updated
  case deleted
}

/// One entry of the feed: that something changed, not what it is now.
package struct Change: Sendable, Hashable {
  package let revision: Int64
  package let kind: ResourceKind
  package let objectID: Int64
  package let objectName: ObjectName
  package let operation: ChangeOperation
  package let at: Timestamp
}

/// A part of the feed.
package struct ChangePage: Sendable, Hashable {
  /// In the order of revisions, without gaps.
  package let changes: [Change]
  /// The newest revision there is; greater than the last change's when there are more to fetch.
  package let newest: Int64
}
