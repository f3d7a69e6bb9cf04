/// How streams are shared out among workers that suit them equally well.
package enum PlacementPolicy: String, Sendable, Hashable, CaseIterable {
  /// Evenly: the least loaded worker first.
  case spread
  /// On as few workers as can be: the fullest one that has room first.
  case pack
}
