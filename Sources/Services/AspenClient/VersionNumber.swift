/// A semantic version, for comparing this program with the controller. What follows `-` or `+` is
/// left out.
package struct VersionNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let major: Int
  package let minor: Int
  package let patch: Int

  /// A version as text: `1.2.3`; nil if it is none.
  package init?(_ text: String) {
    let core = text.prefix { $0 != "-" && $0 != "+" }
    let parts = core.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2],
      major >= 0, minor >= 0, patch >= 0
    else { return nil }
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Whether both speak the same API: only the patch may differ.
  package func isAlike(_ other: VersionNumber) -> Bool {
    major == other.major && minor == other.minor
  }

  package var description: String { "\(major).\(minor).\(patch)" }

  package static func < (left: VersionNumber, right: VersionNumber) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}
