import AspenImage
import AspenTestSupport
import Testing

@Suite("Area downscaler")
struct AreaDownscalerTests {
  @Test(
    "a flat plane stays as it is at any ratio",
    arguments: [(768, 640), (768, 320), (101, 7), (64, 64), (5, 1), (1920, 1919)])
  func flat(widths: (Int, Int)) {
    for level in [UInt8(0), 1, 127, 254, 255] {
      let source = [UInt8](repeating: level, count: widths.0 * 9)
      let result = Self.downscale(
        source, from: ImageSize(width: widths.0, height: 9),
        to: ImageSize(width: widths.1, height: 4))
      #expect(result.allSatisfy { $0 == level }, "\(widths) \(level)")
    }
  }

  @Test("a whole ratio gives the mean of each box")
  func box() {
    let source: [UInt8] = [
      0, 10, 100, 200,
      20, 30, 50, 250,
    ]
    let result = Self.downscale(
      source, from: ImageSize(width: 4, height: 2), to: ImageSize(width: 2, height: 1))
    #expect(result == [15, 150])
  }

  @Test("a sample on a border counts for both sides by its share")
  func fraction() {
    let result = Self.downscale(
      [0, 255, 0], from: ImageSize(width: 3, height: 1), to: ImageSize(width: 2, height: 1))
    #expect(result.allSatisfy { (84...86).contains($0) })
  }

  @Test("every result is within four of the exact mean of the covered area", arguments: 0..<20)
  func exact(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let from = ImageSize(
      width: Int.random(in: 1...90, using: &random), height: Int.random(in: 1...70, using: &random))
    let to = ImageSize(
      width: Int.random(in: 1...from.width, using: &random),
      height: Int.random(in: 1...from.height, using: &random))
    let source = (0..<from.width * from.height).map { _ in UInt8.random(in: 0...255, using: &random)
    }
    let result = Self.downscale(source, from: from, to: to)
    for y in 0..<to.height {
      for x in 0..<to.width {
        let exact = Self.exactMean(source, from: from, to: to, x: x, y: y)
        #expect(abs(Double(result[y * to.width + x]) - exact) <= 4, "seed \(seed) at \(x),\(y)")
      }
    }
  }

  private static func downscale(
    _ source: [UInt8], from: ImageSize, to: ImageSize
  ) -> [UInt8] {
    var downscaler = AreaDownscaler(from: from, to: to)
    var target = Plane(size: to)
    source.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      downscaler.downscale(
        PlaneView(samples: base, size: from, stride: from.width), into: &target)
    }
    return target.samples
  }

  private static func exactMean(
    _ source: [UInt8], from: ImageSize, to: ImageSize, x: Int, y: Int
  ) -> Double {
    let xScale = Double(from.width) / Double(to.width)
    let yScale = Double(from.height) / Double(to.height)
    var total = 0.0
    for row in 0..<from.height {
      let high = overlap(Double(row), Double(row + 1), Double(y) * yScale, Double(y + 1) * yScale)
      if high <= 0 { continue }
      for column in 0..<from.width {
        let wide = overlap(
          Double(column), Double(column + 1), Double(x) * xScale, Double(x + 1) * xScale)
        total += high * wide * Double(source[row * from.width + column])
      }
    }
    return total / (xScale * yScale)
  }

  private static func overlap(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
    max(0, min(b, d) - max(a, c))
  }
}
