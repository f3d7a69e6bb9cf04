import AspenModel
import Testing

@testable import AspenCommands

@Suite("Tables")
struct TextTableTests {
  @Test("columns are as wide as their widest cell and lines have no blanks at their end")
  func alignment() {
    var table = TextTable(header: ["NAME", "PHASE", "REASON"])
    table.add(["yard", "streaming", ""])
    table.add(["a-long-name", "failing", "refused: connection refused"])
    #expect(
      table.text() == """
        NAME         PHASE      REASON
        yard         streaming
        a-long-name  failing    refused: connection refused

        """)
  }

  @Test("control characters of a camera's message do not reach the terminal")
  func controlCharacters() {
    var table = TextTable(header: ["MESSAGE"])
    table.add(["a\u{1B}[2Jb\nc\u{9B}d"])
    #expect(table.text(showsHeader: false) == "a [2Jb c d\n")
  }

  @Test(
    "an age is told in its largest unit",
    arguments: [
      ("2026-09-21T13:20:00.000Z", "0s"), ("2026-09-21T13:19:12.000Z", "48s"),
      ("2026-09-21T13:00:00.000Z", "20m"), ("2026-09-21T01:20:00.000Z", "12h"),
      ("2026-09-01T13:20:00.000Z", "20d"), ("2026-09-21T14:20:00.000Z", "0s"), ("soon", "-"),
    ])
  func ages(time: String, expected: String) {
    // 2026-09-21T13:20:00Z is 1,789,996,800 s after 1970.
    #expect(TerminalText.age(time, now: 1_789_996_800_000_000) == expected)
  }

  @Test("long reasons are cut, and the cut is marked")
  func cut() {
    #expect(TerminalText.short("abcdef", limit: 6) == "abcdef")
    #expect(TerminalText.short("abcdefg", limit: 6) == "abcde…")
  }

  @Test(
    "the reason of a resource names fault and message once",
    arguments: [
      (#"{"phase":"streaming","message":"fine"}"#, "-"),
      (
        #"{"phase":"failing","fault":"refused","message":"connection refused"}"#,
        "refused: connection refused"
      ),
      (
        #"{"phase":"failing","fault":"refused","message":"Refused by 10.0.0.7"}"#,
        "Refused by 10.0.0.7"
      ),
      (#"{"phase":"failing","fault":"timeout"}"#, "timeout"),
      (#"{"phase":"unassigned","message":"no worker is ready"}"#, "no worker is ready"),
      (#"{"phase":"unassigned","reason":"no worker has gpu"}"#, "no worker has gpu"),
    ])
  func reasons(status: String, expected: String) throws {
    let json = try JSONValue(parsing: Array(#"{"status":\#(status)}"#.utf8))
    #expect(ResourceRow(json: json, now: 0).reason == expected)
  }
}
