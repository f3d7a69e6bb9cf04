/// The version of all ASPEN programs, which are released together.
package enum ProgramVersion {
  /// Semantic version.
  package static let current = "0.1.0"
}
