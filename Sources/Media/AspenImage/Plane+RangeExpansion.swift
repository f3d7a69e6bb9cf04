/// Which samples a plane holds, for arithmetic that treats them apart.
package enum PlaneKind: Sendable, Hashable {
  /// Brightness: 16...235 in limited range.
  case luma
  /// A colour difference around 128: 16...240 in limited range.
  case chroma
}

extension Plane {
  /// Becomes `source` expanded from limited to full range (ITU-R BT.601 2.5.3 to JFIF).
  ///
  /// Cameras send limited range and JPEG is full range: without this, black is 16 and white 235.
  /// Fixed point with 7 fractional bits, 16-bit lanes throughout, so that the loops vectorise.
  package mutating func expandRange(of source: PlaneView, as kind: PlaneKind) {
    resize(to: source.size)
    forEachRow { y, row in Self.expand(source.row(y), into: row, as: kind) }
  }

  /// Expands this plane's samples from limited to full range in place.
  package mutating func expandRange(as kind: PlaneKind) {
    forEachRow { _, row in Self.expand(UnsafeBufferPointer(row), into: row, as: kind) }
  }

  private static func expand(
    _ source: UnsafeBufferPointer<UInt8>, into row: UnsafeMutableBufferPointer<UInt8>,
    as kind: PlaneKind
  ) {
    precondition(source.count == row.count, "rows differ in length")
    switch kind {
    case .luma:
      // 149 / 128 = 255 / 219; at most (255 - 16) * 149 + 64, which fits UInt16.
      for x in 0..<row.count {
        let level = UInt16(max(source[x], 16)) &- 16
        row[x] = UInt8(truncatingIfNeeded: min((level &* 149 &+ 64) &>> 7, 255))
      }
    case .chroma:
      // 146 / 128 = 255 / 224; within 128 * 146 + 64 of zero, which fits Int16.
      for x in 0..<row.count {
        let difference = Int16(source[x]) &- 128
        let expanded = (difference &* 146 &+ 64) &>> 7 &+ 128
        row[x] = UInt8(truncatingIfNeeded: min(max(expanded, 0), 255))
      }
    }
  }
}
