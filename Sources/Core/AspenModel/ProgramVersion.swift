/// The version of all ASPEN programs, which are released together.
package enum ProgramVersion {
  /// Semantic version.
  package static let current = "0.1.0"
  /// The oldest `aspen` whose requests this version answers as that one expects.
  package static let oldestClient = "0.1.0"
}
