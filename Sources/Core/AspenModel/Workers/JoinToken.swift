/// Lets new workers join. Only a digest of its secret is kept.
package struct JoinToken: Sendable, Hashable {
  package let metadata: ResourceMetadata
  /// The part of the token that is not secret.
  package let publicID: String
  /// Nil never expires.
  package let expiresAt: Timestamp?
  /// How many workers may still join with it; nil is any number.
  package let usesRemaining: Int?
  /// The name of the site that workers get that join.
  package let site: ObjectName?

  /// A stored join token. `metadata.labels` are given to every worker that joins with it.
  package init(
    metadata: ResourceMetadata, publicID: String, expiresAt: Timestamp?, usesRemaining: Int?,
    site: ObjectName? = nil
  ) {
    self.metadata = metadata
    self.publicID = publicID
    self.expiresAt = expiresAt
    self.usesRemaining = usesRemaining
    self.site = site
  }
}
