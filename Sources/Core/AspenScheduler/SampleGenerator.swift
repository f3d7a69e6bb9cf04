/// SplitMix64: decides by a seed which of many are looked at, the same ones on every machine.
struct SampleGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Brings `count` of the elements of a range to its front, each as likely as another.
  mutating func sample<Element>(
    _ count: Int, of elements: inout [Element], in range: Range<Int>
  ) {
    for index in range.lowerBound..<min(range.lowerBound + count, range.upperBound) {
      let rest = UInt64(range.upperBound - index)
      elements.swapAt(index, index + Int(next().multipliedFullWidth(by: rest).high))
    }
  }
}
