/// Why a message was refused.
package struct HTTPParseError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The status that a server answers with.
  package let status: Int
  /// What is wrong, in words that a client may see.
  package let detail: String

  /// An error with the status for a client's mistake.
  package init(status: Int = 400, _ detail: String) {
    self.status = status
    self.detail = detail
  }

  /// The detail with the status.
  package var description: String { "\(status): \(detail)" }
}
