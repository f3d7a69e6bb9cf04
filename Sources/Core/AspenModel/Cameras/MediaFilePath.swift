/// A video file that stands in for a camera: a path below the worker's media directory.
///
/// Relative, without `..`, empty or hidden parts, so it cannot leave that directory.
package struct MediaFilePath: Sendable, Hashable, CustomStringConvertible {
  package let text: String

  /// A checked path; the error names `field`.
  package init(_ text: String, field: String) throws(ValidationError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe =
      text.utf8.count <= 255 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }
      && parts.allSatisfy { !$0.isEmpty && $0.first != "." } && !text.contains(":")
    guard isSafe else {
      throw ValidationError(
        field, "must be a relative path below the worker's media directory, without '..' or ':'")
    }
    self.text = text
  }

  package var description: String { text }
}
