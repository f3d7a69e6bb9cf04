/// The packets since the last keyframe, so that a viewer's first picture can be decoded at once.
///
/// Bounded by count and bytes. A group that grows beyond is dropped as a whole, since a decoder
/// cannot start in its middle; collecting begins again with the next keyframe.
struct GroupOfPictures<Packet> {
  /// 10 s at 60 frames a second.
  static var maxCount: Int { 600 }
  /// 10 s at 6.5 Mb/s; times the cameras of a worker this must fit its memory.
  static var maxBytes: Int { 8 << 20 }

  private(set) var packets: [Packet] = []
  private(set) var sizeBytes = 0

  /// Adds a packet; one that neither is a keyframe nor follows one is left out.
  mutating func append(_ packet: Packet, sizeBytes size: Int, isKeyframe: Bool) {
    if isKeyframe {
      removeAll()
    } else if packets.isEmpty {
      return
    }
    guard packets.count < Self.maxCount, sizeBytes + size <= Self.maxBytes else {
      removeAll()
      return
    }
    packets.append(packet)
    sizeBytes += size
  }

  /// Forgets everything until the next keyframe.
  mutating func removeAll() {
    packets.removeAll(keepingCapacity: true)
    sizeBytes = 0
  }
}
