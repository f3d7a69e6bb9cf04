import CLibAV

/// One compressed picture. Owns its AVPacket, whose data are counted references and never change.
final class MediaPacket {
  let handle: UnsafeMutablePointer<AVPacket>
  /// Microseconds since the Unix epoch.
  let arrival: Int64
  /// Microseconds of the stream, from its timestamps or its arrival.
  let time: Int64

  /// Takes the contents of `packet`, which is empty afterwards. Nil without memory.
  init?(moving packet: UnsafeMutablePointer<AVPacket>, arrival: Int64, time: Int64) {
    guard let handle = av_packet_alloc() else { return nil }
    av_packet_move_ref(handle, packet)
    self.handle = handle
    self.arrival = arrival
    self.time = time
  }

  deinit {
    var handle: UnsafeMutablePointer<AVPacket>? = handle
    av_packet_free(&handle)
  }

  var isKeyframe: Bool { handle.pointee.flags & AV_PKT_FLAG_KEY != 0 }

  var sizeBytes: Int { Int(handle.pointee.size) }

  /// The compressed bytes, valid during the call.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    body(UnsafeBufferPointer(start: handle.pointee.data, count: Int(handle.pointee.size)))
  }
}
