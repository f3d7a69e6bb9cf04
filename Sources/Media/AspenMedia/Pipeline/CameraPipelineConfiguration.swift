package import AspenModel

/// Everything a camera's pipeline needs to know; it never changes while the pipeline runs.
package struct CameraPipelineConfiguration: Sendable {
  /// The camera's name, for log lines and the thread's name.
  package let name: String
  package let source: CameraSource
  package let credentials: Credentials?
  /// The folder below which file sources are.
  package let mediaDirectory: String
  /// The longest wait for a camera's host name, and again for its answers until it plays.
  package let connectTimeout: Duration
  /// The longest time without a picture before the connection is given up.
  package let stallTimeout: Duration
  /// JPEG quality, 1...100.
  package let jpegQuality: Int

  /// A configuration; the defaults suit real cameras.
  package init(
    name: String, source: CameraSource, credentials: Credentials? = nil,
    mediaDirectory: String = "", connectTimeout: Duration = .seconds(10),
    stallTimeout: Duration = .seconds(10), jpegQuality: Int = 80
  ) {
    self.name = name
    self.source = source
    self.credentials = credentials
    self.mediaDirectory = mediaDirectory
    self.connectTimeout = connectTimeout
    self.stallTimeout = stallTimeout
    self.jpegQuality = jpegQuality
  }
}
