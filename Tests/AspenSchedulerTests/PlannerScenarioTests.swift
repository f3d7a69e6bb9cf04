import AspenScheduler
import Foundation
import Testing

/// What the planner answers to the questions of `Scenarios/*.txt` (`Scenario` says how they are written).
///
/// With `ASPEN_UPDATE_SCENARIOS=1` the answers are written into the files; read the difference.
@Suite("Planner scenarios")
struct PlannerScenarioTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Scenarios")

  static let files: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? []

  @Test("the planner answers as its scenarios say", arguments: files)
  func answers(_ name: String) throws {
    let file = Self.folder.appendingPathComponent(name)
    let text = try String(contentsOf: file, encoding: .utf8)
    let answered = try Self.answered(text)
    if ProcessInfo.processInfo.environment["ASPEN_UPDATE_SCENARIOS"] == "1" {
      try answered.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let (expected, found) = (Self.parts(of: text), Self.parts(of: answered))
    #expect(expected.count == found.count)
    for (expected, found) in zip(expected, found) { #expect(found == expected, "\(name)") }
  }

  @Test("there are scenarios")
  func filesAreFound() {
    #expect(Self.files.count > 10)
  }

  /// The text with the answers that the planner gives. A question is followed by `----` and its answer up
  /// to an empty line.
  private static func answered(_ text: String) throws -> String {
    var output: [String] = []
    var scenario = Scenario()
    var isAnswer = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if isAnswer, !line.isEmpty { continue }
      isAnswer = false
      if line.hasPrefix("==") { scenario = Scenario() }
      if line == "----" {
        isAnswer = true
        continue
      }
      output.append(line)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("==") { continue }
      if let answer = try scenario.perform(line) { output += ["----"] + answer }
    }
    return output.joined(separator: "\n")
  }

  private static func parts(of text: String) -> [String] {
    text.components(separatedBy: "\n== ")
  }
}
