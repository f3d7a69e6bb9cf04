import AspenModel
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "a time is written in UTC with milliseconds",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (999, "1970-01-01T00:00:00.000Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (-1_000_000, "1969-12-31T23:59:59.000Z"),
      (1_763_000_000_001_000, "2025-11-13T02:13:20.001Z"),
      (1_709_164_800_123_456, "2024-02-29T00:00:00.123Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999Z"),
    ])
  func text(_ microseconds: Int64, _ expected: String) {
    #expect(Timestamp(microseconds: microseconds).text == expected)
  }

  @Test("no millisecond is lost in rounding")
  func everyMillisecond() {
    for millisecond in 0..<1000 {
      let time = Timestamp(microseconds: 1_763_000_000_000_000 + Int64(millisecond) * 1000)
      #expect(time.text.hasSuffix(".\(String(1000 + millisecond).dropFirst())Z"))
    }
  }

  @Test("times are ordered")
  func order() {
    #expect(Timestamp(microseconds: -1) < Timestamp(microseconds: 0))
  }
}
