/// A role, for everything or for the cameras with certain labels and what belongs to them.
package struct Grant: Sendable, Hashable {
  package let role: AccessRole
  /// Nil is everything, also what belongs to no camera.
  package let selector: LabelSelector?

  /// A role and where it holds.
  package init(role: AccessRole, selector: LabelSelector? = nil) {
    self.role = role
    self.selector = selector
  }
}
