/// One picture of a camera as a complete JPEG file.
package struct EncodedFrame: Sendable, Hashable {
  package let jpeg: [UInt8]
  /// Pixels.
  package let width: Int
  /// Pixels.
  package let height: Int
  /// When the picture's last packet arrived: microseconds since the Unix epoch.
  package let captureMicroseconds: Int64

  /// A frame of its parts.
  package init(jpeg: [UInt8], width: Int, height: Int, captureMicroseconds: Int64) {
    self.jpeg = jpeg
    self.width = width
    self.height = height
    self.captureMicroseconds = captureMicroseconds
  }
}
