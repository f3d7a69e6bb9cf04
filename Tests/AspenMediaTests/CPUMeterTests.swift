import Testing

@testable import AspenMedia

@Suite("CPUMeter")
struct CPUMeterTests {
  private var meter = CPUMeter()

  @Test("it says nothing before it has measured")
  mutating func first() {
    #expect(meter.millicores(used: 5_000, at: 1_000_000) == nil)
    #expect(meter.millicores(used: 6_000, at: 1_200_000) == nil, "too short to say anything")
  }

  @Test("it is the share of the time, and follows a change slowly")
  mutating func smooths() {
    _ = meter.millicores(used: 0, at: 0)
    #expect(meter.millicores(used: 100_000, at: 1_000_000) == 100)
    let jump = meter.millicores(used: 1_100_000, at: 2_000_000) ?? 0
    #expect(jump > 150 && jump < 250)
    var last = jump
    for second in 3...60 {
      let time = Int64(second) * 1_000_000
      last = meter.millicores(used: time - 900_000, at: time) ?? 0
    }
    #expect(last > 980)
  }

  @Test("times that go backwards do no harm")
  mutating func backwards() {
    _ = meter.millicores(used: 500, at: 0)
    #expect(meter.millicores(used: 0, at: 1_000_000) == 0)
    #expect(meter.millicores(used: 100, at: 0) == 0)
  }
}
