package import AspenModel

/// How something ended that the audit keeps.
package enum AuditOutcome: String, Sendable, Hashable, CaseIterable {
  case succeeded
  /// Nothing was changed.
  case refused
}

/// Something to be audited that changes no resource: signing in and out, what was refused.
package struct AuditEvent: Sendable, Hashable {
  package let origin: ChangeOrigin
  package let outcome: AuditOutcome
  package let objectKind: ResourceKind?
  package let objectName: String?
  /// The circumstances in words, without secrets.
  package let message: String

  /// An event of its parts. Texts longer than the audit takes are cut.
  package init(
    origin: ChangeOrigin, outcome: AuditOutcome, objectKind: ResourceKind? = nil,
    objectName: String? = nil, message: String = ""
  ) {
    self.origin = origin
    self.outcome = outcome
    self.objectKind = objectKind
    self.objectName = objectName?.prefix(bytes: 256)
    self.message = message.prefix(bytes: 1024)
  }
}

/// One entry of the audit.
package struct AuditEntry: Sendable, Hashable {
  package let id: Int64
  package let at: Timestamp
  package let origin: ChangeOrigin
  package let outcome: AuditOutcome
  package let objectKind: ResourceKind?
  package let objectName: String?
  package let message: String
  /// `{"labels", "annotations", "spec"}` without secrets, or an assignment; nil for what is new.
  package let before: JSONValue?
  /// Nil for what was deleted.
  package let after: JSONValue?
}

/// Which part of the audit is wanted; all that is given must hold.
package struct AuditFilter: Sendable, Hashable {
  package var actor: String?
  package var objectKind: ResourceKind?
  package var objectName: String?
  package var operation: String?
  /// From this time on.
  package var since: Timestamp?
  /// Before this time.
  package var until: Timestamp?
  /// Only what is older than this entry: the last of the page before.
  package var before: Int64?
  /// At most this many; 1 to `maxLimit`.
  package var limit: Int

  /// The longest page.
  package static let maxLimit = 1_000

  /// A filter; the limit is brought into its range.
  package init(
    actor: String? = nil, objectKind: ResourceKind? = nil, objectName: String? = nil,
    operation: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
    before: Int64? = nil, limit: Int = maxLimit
  ) {
    self.actor = actor
    self.objectKind = objectKind
    self.objectName = objectName
    self.operation = operation
    self.since = since
    self.until = until
    self.before = before
    self.limit = min(max(limit, 1), Self.maxLimit)
  }
}
