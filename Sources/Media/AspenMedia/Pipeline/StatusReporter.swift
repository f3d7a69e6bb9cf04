import AspenModel
import Logging

/// Holds a pipeline's status and tells it: at every change of phase, else at most once a second.
struct StatusReporter {
  private static let periodMicroseconds: Int64 = 1_000_000

  private let camera: String
  private let log: Logger
  private let publish: (PipelineStatus) -> Void
  private var lastTold: PipelineStatus?
  private var lastTime: Int64 = 0
  private var lastFault: CameraFault?
  private var cpu = CPUMeter()
  private let threadTime: () -> Int64
  private(set) var status = PipelineStatus(phase: .connecting, message: "not started")

  /// `threadTime` is the CPU time that the calling thread has taken, in µs.
  init(
    camera: String, log: Logger, threadTime: @escaping () -> Int64 = Clocks.threadMicroseconds,
    publish: @escaping (PipelineStatus) -> Void
  ) {
    self.threadTime = threadTime
    self.camera = camera
    self.log = log
    self.publish = publish
  }

  /// Changes figures; tells them if the last telling is a second ago.
  mutating func update(at now: Int64, _ change: (inout PipelineStatus) -> Void) {
    change(&status)
    guard now - lastTime >= Self.periodMicroseconds, status != lastTold else { return }
    tell(at: now)
  }

  /// Enters a phase and tells it at once.
  mutating func enter(
    _ phase: CameraPhase, _ message: String, at now: Int64,
    _ change: (inout PipelineStatus) -> Void = { _ in }
  ) {
    status.phase = phase
    status.message = message
    status.fault = nil
    status.nextAttempt = nil
    change(&status)
    logPhase()
    tell(at: now)
  }

  private mutating func tell(at now: Int64) {
    status.cpuMillicores = cpu.millicores(used: threadTime(), at: now)
    lastTold = status
    lastTime = now
    publish(status)
  }

  /// An operator hears of a fault once, however often it repeats, and of its end.
  private mutating func logPhase() {
    let fields: Logger.Metadata = ["camera": "\(camera)", "message": "\(status.message)"]
    switch status.phase {
    case .streaming:
      log.info("camera streaming", metadata: fields)
      lastFault = nil
    case .failing where status.fault != lastFault:
      log.warning("camera failing", metadata: fields)
      lastFault = status.fault
    default:
      log.debug("camera \(status.phase.rawValue)", metadata: fields)
    }
  }
}
