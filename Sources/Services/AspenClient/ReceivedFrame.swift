package import AspenWire

/// One frame as it came from the controller.
package struct ReceivedFrame: Sendable {
  package let header: FrameHeader
  /// The whole message: header, metadata, JPEG.
  package let message: [UInt8]

  /// The picture, sharing the message's bytes.
  package var jpeg: ArraySlice<UInt8> { message[header.payloadOffset...] }

  /// Reads the head of a message.
  init(message: [UInt8]) throws(FrameError) {
    header = try FrameHeader(decoding: message)
    self.message = message
  }
}

/// The frames of one stream as they come. At most one waits for its reader: the newest wins, and an
/// older one that nobody took is dropped.
///
/// Iterate it once. The connection is closed when the iteration or its task ends; it ends with a
/// `ClientError` when the controller closes the connection.
package struct FrameFeed: AsyncSequence, Sendable {
  package typealias Element = ReceivedFrame

  let frames: AsyncThrowingStream<ReceivedFrame, any Error>

  /// Starts the iteration.
  package func makeAsyncIterator() -> AsyncThrowingStream<ReceivedFrame, any Error>.Iterator {
    frames.makeAsyncIterator()
  }
}
