import AspenModel
import Testing

@testable import AspenCommands

@Suite("The frame meter")
struct FrameMeterTests {
  @Test("rates are those of the time between two readings, and a reading starts anew")
  func rates() {
    let meter = FrameMeter()
    for _ in 0..<10 { meter.add(width: 640, height: 360, bytes: 25_000, ageMicroseconds: 48_000) }
    let reading = meter.take(seconds: 2)
    #expect(reading.line == "5 fps     640x360    25 kB     1 Mbit/s     age 48 ms")
    #expect(reading.json["bits_per_second"] == 1_000_000)
    let next = meter.take(seconds: 1)
    #expect(next.line == "0 fps  no frame")
    #expect(next.json["age_ms"] == .null)
  }
}
