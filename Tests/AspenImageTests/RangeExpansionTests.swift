import AspenImage
import Testing

@Suite("Range expansion")
struct RangeExpansionTests {
  @Test("every luma level is within one of the exact value, and black and white are exact")
  func luma() {
    let expanded = Self.expandAllLevels(as: .luma)
    for level in 0..<256 {
      let exact = min(max((Double(level) - 16) * 255 / 219, 0), 255)
      #expect(abs(Double(expanded[level]) - exact) <= 1, "level \(level)")
    }
    #expect(expanded[16] == 0)
    #expect(expanded[235] == 255)
    #expect(expanded[0] == 0)
    #expect(expanded[255] == 255)
  }

  @Test("every chroma level is within one of the exact value, and grey stays grey")
  func chroma() {
    let expanded = Self.expandAllLevels(as: .chroma)
    for level in 0..<256 {
      let exact = min(max((Double(level) - 128) * 255 / 224 + 128, 0), 255)
      #expect(abs(Double(expanded[level]) - exact) <= 1, "level \(level)")
    }
    #expect(expanded[128] == 128)
  }

  @Test("a source with padded rows gives a plane without padding")
  func padding() {
    let source: [UInt8] = [16, 235, 99, 99, 235, 16]
    var plane = Plane(size: ImageSize(width: 1, height: 1))
    source.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      plane.expandRange(
        of: PlaneView(samples: base, size: ImageSize(width: 2, height: 2), stride: 4), as: .luma)
    }
    #expect(plane.samples == [0, 255, 255, 0])
  }

  private static func expandAllLevels(as kind: PlaneKind) -> [UInt8] {
    let levels = (0...255).map { UInt8($0) }
    var plane = Plane(size: ImageSize(width: 256, height: 1))
    levels.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      plane.expandRange(of: PlaneView(samples: base, size: plane.size, stride: 256), as: kind)
    }
    return plane.samples
  }
}
