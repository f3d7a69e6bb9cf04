import AspenImage
import AspenModel
import Logging

/// The life of a camera's thread: connect, stream, fail, wait, and again until it must stop.
///
/// connecting → streaming | failing | stopped; streaming → failing | stopped;
/// failing → connecting | stopped.
struct CameraLoop: Sendable {
  let configuration: CameraPipelineConfiguration
  let control: CameraControl
  let log: Logger
  let onFrame: @Sendable (EncodedFrame) -> Void
  let onStatus: @Sendable (PipelineStatus) -> Void

  /// Returns when `control` says stop.
  func run() {
    var reporter = StatusReporter(camera: configuration.name, log: log, publish: onStatus)
    var reconnect = ReconnectState()
    while !control.isStopRequested {
      reporter.enter(.connecting, "connecting to \(peer)", at: Clocks.monotonicMicroseconds())
      do throws(CameraFailure) {
        var connection = CameraConnection(
          configuration: configuration, control: control, peer: peer, onFrame: onFrame)
        try connection.run(&reporter, &reconnect)
      } catch {
        waitAfter(error, &reporter, &reconnect)
      }
    }
    reporter.enter(.stopped, "stopped", at: Clocks.monotonicMicroseconds())
  }

  private func waitAfter(
    _ failure: CameraFailure, _ reporter: inout StatusReporter, _ reconnect: inout ReconnectState
  ) {
    let wait = reconnect.failed(failure.fault, random: Double.random(in: 0...1))
    let now = Clocks.monotonicMicroseconds()
    reporter.enter(.failing, failure.message, at: now) { status in
      status.fault = failure.fault
      status.nextAttempt = wait
      status.sourceFramesPerSecond = nil
    }
    log.debug(
      "camera connection ended",
      metadata: [
        "camera": "\(configuration.name)", "library": "\(LibAVLog.lastLine())",
        "wait": "\(wait)",
      ])
    if control.wait(untilMicroseconds: now + wait.microseconds) {
      reporter.update(at: now) { $0.reconnects += 1 }
    }
  }

  /// The camera's name in messages.
  private var peer: String {
    switch configuration.source {
    case .rtsp(let address, _): address.hostAndPort
    case .file(let path): path.text
    }
  }
}
