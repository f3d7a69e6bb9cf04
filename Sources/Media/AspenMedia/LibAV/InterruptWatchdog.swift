import CLibAV

/// Ends libav's blocking calls: at once when the camera must stop, or after a deadline.
///
/// Used by the camera's thread only, which is where libav polls it, about every 100 ms. Once the
/// deadline has passed it stays so until armed again: libav answers a first interruption by
/// flushing a buffered packet as success, and would wait a second time.
final class InterruptWatchdog {
  private let control: CameraControl
  private var deadline = Int64.max
  private(set) var hasFired = false
  private var mustFinish = false

  init(control: CameraControl) {
    self.control = control
  }

  /// From now on calls may take until `timeout` from now.
  func arm(_ timeout: Duration) {
    hasFired = false
    deadline = Clocks.monotonicMicroseconds() + timeout.microseconds
  }

  /// Moves the deadline to `timeout` from `now`, unless it has passed already.
  func feed(now: Int64, timeout: Duration) {
    if !hasFired { deadline = now + timeout.microseconds }
  }

  /// Gives a last `timeout` for a polite good-bye even though the camera must stop.
  func armForClosing(_ timeout: Duration) {
    arm(timeout)
    mustFinish = true
  }

  /// What libav calls. It keeps the pointer, so the watchdog must outlive its context.
  var callback: AVIOInterruptCB {
    AVIOInterruptCB(
      callback: { watchdog in
        guard let watchdog else { return 0 }
        return Unmanaged<InterruptWatchdog>.fromOpaque(watchdog).takeUnretainedValue().mustInterrupt
          ? 1 : 0
      }, opaque: Unmanaged.passUnretained(self).toOpaque())
  }

  private var mustInterrupt: Bool {
    if control.isStopRequested, !mustFinish { return true }
    if !hasFired, Clocks.monotonicMicroseconds() > deadline { hasFired = true }
    return hasFired
  }
}
