import AspenTelemetry
import Logging
import Synchronization
import Testing

@Suite("The newest lines of the log")
struct RecentLogTests {
  private func line(_ text: String, _ level: Logger.Level = .info) -> LogLine {
    LogLine(microseconds: 1, level: level, message: text, fields: [])
  }

  @Test("a logger keeps its lines with their fields, also those of debug that it does not write")
  func handler() {
    let recent = RecentLog()
    let written = Mutex<[String]>([])
    var log = Log.make(
      "test", recent: recent, write: { line in written.withLock { $0.append(line) } })
    log[metadataKey: "peer"] = "192.0.2.1"
    log.trace("unseen")
    log.debug("request refused")
    log.warning("stalled", metadata: ["camera": "yard"])
    let texts = written.withLock { $0 }
    #expect(texts.count == 1 && texts[0].contains("stalled"))
    let lines = recent.newest(10) { _ in true }.lines
    #expect(lines.map(\.message) == ["request refused", "stalled"])
    #expect(lines[1].fields == [.init("camera", "yard"), .init("peer", "192.0.2.1")])
    #expect(lines[1].level == .warning && lines[1].microseconds > 1_700_000_000_000_000)
    #expect(lines[1]["camera"] == "yard" && lines[1]["none"] == nil)
  }

  @Test("when there are too many lines or bytes the oldest go")
  func bounds() {
    let few = RecentLog(maxLines: 3)
    for number in 1...8 { few.append(line("\(number)")) }
    #expect(few.newest(10) { _ in true }.lines.map(\.message) == ["6", "7", "8"])
    let small = RecentLog(maxLines: 100, maxBytes: 2_000)
    for number in 1...50 { small.append(line("\(number)" + String(repeating: "x", count: 500))) }
    let kept = small.newest(100) { _ in true }.lines
    #expect(kept.count == 3 && kept.last?.message.hasPrefix("50") == true)
  }

  @Test("a text of a peer cannot fill the log alone")
  func longText() {
    let kept = LogLine(
      microseconds: 1, level: .info, message: String(repeating: "é", count: 10_000),
      fields: [.init("agent", String(repeating: "a", count: 10_000))])
    #expect(kept.message.utf8.count < 4_200 && kept["agent"]?.utf8.count ?? .max < 4_200)
  }

  @Test("a reader goes on from its place and learns what it missed")
  func window() {
    let recent = RecentLog(maxLines: 4)
    for number in 1...3 { recent.append(line("\(number)")) }
    let first = recent.window(after: 1, limit: 1)
    #expect(first.lines.map(\.message) == ["2"] && first.position == 2 && first.skipped == 0)
    for number in 4...9 { recent.append(line("\(number)")) }
    let second = recent.window(after: first.position, limit: 10)
    #expect(second.lines.map(\.message) == ["6", "7", "8", "9"] && second.skipped == 3)
    let end = recent.window(after: second.position, limit: 10)
    #expect(end.lines == [] && end.position == 9)
  }

  @Test("the newest lines that match come with the place before them")
  func newest() {
    let recent = RecentLog()
    for number in 1...6 { recent.append(line("\(number)", number % 2 == 0 ? .error : .info)) }
    let errors = recent.newest(2) { $0.level == .error }
    #expect(errors.lines.map(\.message) == ["4", "6"] && errors.before == 3)
    #expect(recent.newest(9) { $0.level == .critical }.before == 0)
  }

  @Test("whoever listens hears of every line")
  func listening() {
    let recent = RecentLog()
    let count = Count()
    recent.onAppend { count.value.withLock { $0 += 1 } }
    for _ in 0..<3 { recent.append(line("a")) }
    #expect(count.value.withLock { $0 } == 3)
  }

  private final class Count: Sendable {
    let value = Mutex(0)
  }
}
