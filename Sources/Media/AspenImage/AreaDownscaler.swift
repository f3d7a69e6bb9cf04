/// Makes planes smaller: a target sample is the mean of the area of source samples it covers.
///
/// Weights are 1/256 of a target sample and sum to 256 exactly, so flat areas stay as they are.
/// A row is summed vertically in 16-bit lanes (which vectorises), then horizontally.
/// Keeps its tables and its row of sums from picture to picture.
package struct AreaDownscaler: Sendable {
  private let sourceSize: ImageSize
  private let targetSize: ImageSize
  private let columns: CoverageTable
  private let rows: CoverageTable
  private var sums: [UInt16]

  /// A downscaler between two sizes; no side of the target is the longer one.
  package init(from sourceSize: ImageSize, to targetSize: ImageSize) {
    precondition(
      targetSize.width <= sourceSize.width && targetSize.height <= sourceSize.height,
      "a downscaler does not enlarge")
    self.sourceSize = sourceSize
    self.targetSize = targetSize
    columns = CoverageTable(sourceLength: sourceSize.width, targetLength: targetSize.width)
    rows = CoverageTable(sourceLength: sourceSize.height, targetLength: targetSize.height)
    sums = [UInt16](repeating: 0, count: sourceSize.width)
  }

  /// Writes `source`, made smaller, into `target`.
  package mutating func downscale(_ source: PlaneView, into target: inout Plane) {
    precondition(source.size == sourceSize, "the downscaler was made for another size")
    target.resize(to: targetSize)
    let rows = rows
    let columns = columns
    sums.withUnsafeMutableBufferPointer { sums in
      target.forEachRow { y, targetRow in
        for (index, weight) in rows.weights(of: y).enumerated() {
          Self.add(
            source.row(rows.firsts[y] + index), times: weight, to: sums, isFirst: index == 0)
        }
        columns.average(UnsafeBufferPointer(sums), into: targetRow)
      }
    }
  }

  /// At most 255 * 256 in all, because a row's weights sum to 256.
  private static func add(
    _ row: UnsafeBufferPointer<UInt8>, times weight: UInt16,
    to sums: UnsafeMutableBufferPointer<UInt16>, isFirst: Bool
  ) {
    if isFirst {
      for x in 0..<row.count { sums[x] = UInt16(row[x]) &* weight }
    } else {
      for x in 0..<row.count { sums[x] &+= UInt16(row[x]) &* weight }
    }
  }
}

/// For each target sample of one axis, the source samples under it and their weights.
struct CoverageTable: Sendable {
  /// The first source sample under each target sample.
  let firsts: [Int]
  /// Where each target sample's weights begin in `weights`; one more entry than target samples.
  private let offsets: [Int]
  private let weights: [UInt16]

  init(sourceLength: Int, targetLength: Int) {
    var firsts: [Int] = []
    var offsets = [0]
    var weights: [UInt16] = []
    // In units of 1/targetLength of a source sample, target sample i covers
    // i * sourceLength ..< (i + 1) * sourceLength, and source sample j begins at j * targetLength.
    for index in 0..<targetLength {
      let start = index * sourceLength
      let end = start + sourceLength
      let first = start / targetLength
      let last = (end - 1) / targetLength
      firsts.append(first)
      var covered = 0
      var given = 0
      for source in first...last {
        covered += min(end, (source + 1) * targetLength) - max(start, source * targetLength)
        // Rounding the running total keeps the sum at 256.
        let total = (covered * 256 + sourceLength / 2) / sourceLength
        weights.append(UInt16(total - given))
        given = total
      }
      offsets.append(weights.count)
    }
    self.firsts = firsts
    self.offsets = offsets
    self.weights = weights
  }

  /// The weights of the source samples under a target sample; they sum to 256.
  func weights(of index: Int) -> ArraySlice<UInt16> {
    weights[offsets[index]..<offsets[index + 1]]
  }

  /// The weighted mean of `sums`, which are samples times 256, for every target sample.
  func average(_ sums: UnsafeBufferPointer<UInt16>, into row: UnsafeMutableBufferPointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for x in 0..<row.count {
        let first = firsts[x]
        let offset = offsets[x]
        var total: UInt32 = 1 << 15
        for index in 0..<(offsets[x + 1] - offset) {
          total &+= UInt32(sums[first + index]) &* UInt32(weights[offset + index])
        }
        row[x] = UInt8(truncatingIfNeeded: total &>> 16)
      }
    }
  }
}
