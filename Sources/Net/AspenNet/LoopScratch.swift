import AspenCrypto

/// The buffers that all streams of a loop share, so that an idle connection needs none.
/// Confined to the loop: a pointer into them is valid until the next stream is served.
final class LoopScratch {
  /// 64 KiB: one read takes what a burst brings, and more than that would leave the L2 cache.
  let incoming = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 65_536)
  /// Made when the loop's first TLS stream comes.
  lazy var tls = TLSScratch()

  deinit { incoming.deallocate() }
}

/// The buffers that the TLS streams of a loop share.
final class TLSScratch {
  /// Plaintext of one record.
  let plaintext = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 16_384)
  /// Small chunks that become one record.
  let record = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 64)
  /// Ciphertext on its way to the socket.
  let output = TLSOutput()

  deinit {
    plaintext.deallocate()
    record.deallocate()
  }
}
