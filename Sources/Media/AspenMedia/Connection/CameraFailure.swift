import AspenModel

/// Why a connection to a camera ended, for machines and in words for people.
struct CameraFailure: Error, Sendable, Hashable, CustomStringConvertible {
  let fault: CameraFault
  /// Names the camera's host and port, never credentials.
  let message: String

  init(_ fault: CameraFault, _ message: String) {
    self.fault = fault
    self.message = message
  }

  var description: String { message }
}
