package import AspenModel
package import Logging
import Synchronization

/// One camera, on a thread of its own: connects, reads, decodes on demand, makes JPEG files, and
/// reconnects for ever with a growing back-off.
///
/// Without demand packets are read but nothing is decoded. `onFrame` and `onStatus` are called on
/// the camera's thread and must return soon: while they run, the camera is not read.
package final class CameraPipeline: Sendable {
  private enum Life {
    case ready
    case running(waiters: [CheckedContinuation<Void, Never>])
    case ended
  }

  private let configuration: CameraPipelineConfiguration
  private let log: Logger
  private let onFrame: @Sendable (EncodedFrame) -> Void
  private let onStatus: @Sendable (PipelineStatus) -> Void
  private let control = CameraControl()
  private let life = Mutex(Life.ready)

  /// A pipeline that does nothing yet.
  package init(
    configuration: CameraPipelineConfiguration, log: Logger,
    onFrame: @escaping @Sendable (EncodedFrame) -> Void,
    onStatus: @escaping @Sendable (PipelineStatus) -> Void
  ) {
    self.configuration = configuration
    self.log = log
    self.onFrame = onFrame
    self.onStatus = onStatus
  }

  /// Starts the thread. Does nothing the second time, or after `stop`.
  package func start() {
    let mayStart = life.withLock { life in
      guard case .ready = life else { return false }
      life = .running(waiters: [])
      return true
    }
    guard mayStart else { return }
    let worker = CameraLoop(
      configuration: configuration, control: control, log: log, onFrame: onFrame,
      onStatus: onStatus)
    do {
      try PosixThread.start(name: "cam-\(configuration.name)") { [self] in
        worker.run()
        ended()
      }
    } catch {
      log.error(
        "camera thread failed",
        metadata: ["camera": "\(configuration.name)", "error": "\(error)"])
      var status = PipelineStatus(phase: .failing, message: "\(error)")
      status.fault = .protocolError
      onStatus(status)
      ended()
    }
  }

  /// Ends the thread for good and returns once it has ended, which takes about 0.1 s.
  package func stop() async {
    control.requestStop()
    await withCheckedContinuation { continuation in
      let isOver = life.withLock { life in
        switch life {
        case .ready, .ended:
          life = .ended
          return true
        case .running(let waiters):
          life = .running(waiters: waiters + [continuation])
          return false
        }
      }
      if isOver { continuation.resume() }
    }
  }

  /// Says what is wanted from now on; nil: nobody watches. Takes effect with the next packet.
  package func setDemand(_ demand: FrameDemand?) {
    control.setDemand(demand)
  }

  private func ended() {
    let waiters = life.withLock { life in
      guard case .running(let waiters) = life else { return [CheckedContinuation<Void, Never>]() }
      life = .ended
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
