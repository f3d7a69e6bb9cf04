/// What a leader's write is made with: refused unless it still holds at that moment.
package struct LeadershipClaim: Sendable, Hashable {
  /// The controller's id.
  package let holder: String
  package let epoch: Int64

  /// A claim to lead since `epoch` began.
  package init(holder: String, epoch: Int64) {
    self.holder = holder
    self.epoch = epoch
  }
}

/// What the row of leadership says to one that asks.
package enum LeadershipAnswer: Sendable, Hashable {
  /// The one who asks leads.
  case leads(epoch: Int64)
  /// Another leads, or had the row a moment before; its lease lasts this much longer.
  case follows(remaining: Duration)
}

/// Who leads now.
package struct LeadershipRecord: Sendable, Hashable {
  /// Nil: nobody does.
  package let holder: String?
  package let epoch: Int64
}
