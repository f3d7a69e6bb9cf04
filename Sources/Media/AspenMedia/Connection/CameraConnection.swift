import AspenImage
import AspenModel
import CLibAV
import Glibc

/// One connection to a camera, or one playing of a file: opens it and reads until it fails.
struct CameraConnection {
  /// No camera should keep a viewer waiting longer for its first keyframe.
  private static let keyframeTimeoutMicroseconds: Int64 = 20_000_000

  private let configuration: CameraPipelineConfiguration
  private let control: CameraControl
  private let peer: String
  private let onFrame: (EncodedFrame) -> Void
  private var timeline = MediaTimeline()
  private var rate = RateMeter()

  init(
    configuration: CameraPipelineConfiguration, control: CameraControl, peer: String,
    onFrame: @escaping (EncodedFrame) -> Void
  ) {
    self.configuration = configuration
    self.control = control
    self.peer = peer
    self.onFrame = onFrame
  }

  /// Returns only if the camera must stop.
  mutating func run(
    _ reporter: inout StatusReporter, _ reconnect: inout ReconnectState
  ) throws(CameraFailure) {
    switch configuration.source {
    case .rtsp(let address, let transport):
      guard let (demuxer, input, watchdog) = try open(address, transport) else { return }
      var pacer: FilePacer?
      try read(demuxer, input, watchdog, &pacer, &reporter, &reconnect)
    case .file(let path):
      try play(path, &reporter, &reconnect)
    }
  }

  // MARK: Opening

  private typealias Opened = (demuxer: Demuxer, input: MediaInput, watchdog: InterruptWatchdog)

  /// Tries the host's addresses and the allowed transports in order. Nil if it must stop.
  private func open(
    _ address: RTSPAddress, _ transport: CameraTransport
  ) throws(CameraFailure) -> Opened? {
    let addresses = try HostResolver.resolve(
      host: address.host, control: control, timeout: configuration.connectTimeout)
    let transports: [MediaInput.Transport] =
      switch transport {
      case .tcp: [.tcp]
      case .udp: [.udp]
      case .automatic: [.tcp, .udp]
      }
    var failure = CameraFailure(.resolution, "there is no host \(address.host)")
    for ip in addresses {
      for transport in transports {
        let input = MediaInput.rtsp(
          address, ip: ip, credentials: configuration.credentials, transport: transport,
          timeout: configuration.connectTimeout)
        do throws(CameraFailure) {
          return try open(input)
        } catch {
          failure = error
        }
        if control.isStopRequested { return nil }
        if failure.fault != .unsupportedTransport { break }
      }
      // Only a host that cannot be reached is worth a try at its next address.
      guard [.refused, .unreachable, .timeout].contains(failure.fault) else { break }
    }
    if control.isStopRequested { return nil }
    throw failure
  }

  private func open(_ input: MediaInput) throws(CameraFailure) -> Opened {
    let watchdog = InterruptWatchdog(control: control)
    watchdog.arm(configuration.connectTimeout)
    do {
      return (try Demuxer(input, watchdog: watchdog), input, watchdog)
    } catch {
      throw describe(error, watchdog, isOpen: false)
    }
  }

  private func describe(
    _ error: LibAVError, _ watchdog: InterruptWatchdog, isOpen: Bool
  ) -> CameraFailure {
    if watchdog.hasFired {
      return isOpen
        ? CameraFailure(
          .stalled, "\(peer) has sent no picture for \(configuration.stallTimeout)")
        : CameraFailure(
          .timeout, "\(peer) did not answer within \(configuration.connectTimeout)")
    }
    return error.failure(peer: peer, hasCredentials: configuration.credentials != nil)
  }

  // MARK: Reading

  /// Plays a file again and again.
  private mutating func play(
    _ path: MediaFilePath, _ reporter: inout StatusReporter, _ reconnect: inout ReconnectState
  ) throws(CameraFailure) {
    var pacer: FilePacer?
    while !control.isStopRequested {
      let input = try MediaInput.file(path, directory: configuration.mediaDirectory)
      let (demuxer, _, watchdog) = try open(input)
      if pacer == nil { pacer = FilePacer(framesPerSecond: demuxer.declaredFramesPerSecond) }
      let before = reporter.status.framesReceived
      do throws(CameraFailure) {
        try read(demuxer, input, watchdog, &pacer, &reporter, &reconnect)
      } catch {
        guard error.fault == .ended else { throw error }
        if reporter.status.framesReceived == before {
          throw CameraFailure(.noVideo, "\(peer) holds no pictures")
        }
      }
      pacer?.rewind()
    }
  }

  /// Reads until the stream fails or ends, or the camera must stop.
  private mutating func read(
    _ demuxer: Demuxer, _ input: MediaInput, _ watchdog: InterruptWatchdog,
    _ pacer: inout FilePacer?, _ reporter: inout StatusReporter,
    _ reconnect: inout ReconnectState
  ) throws(CameraFailure) {
    let codecID = demuxer.parameters.pointee.codec_id
    guard let codec = VideoCodec(codecID, allowed: input.videoCodecs) else {
      let name = String(cString: avcodec_get_name(codecID))
      throw CameraFailure(.unsupportedCodec, "\(peer) sends \(name) video, which is not supported")
    }
    let producer = try FrameProducer(
      codec: codec, input: input, parameters: demuxer.parameters,
      quality: configuration.jpegQuality, emit: onFrame)
    let opened = Clocks.monotonicMicroseconds()
    var hasKeyframe = false
    let encodedBefore = reporter.status.framesEncoded
    let decodedBefore = reporter.status.framesDecoded
    watchdog.arm(configuration.stallTimeout)

    while let packet = try next(demuxer, watchdog, &pacer) {
      let now = Clocks.monotonicMicroseconds()
      watchdog.feed(now: now, timeout: configuration.stallTimeout)
      rate.frameArrived(at: now)
      hasKeyframe = hasKeyframe || packet.isKeyframe
      if hasKeyframe {
        reconnect.pictureArrived(at: now)
      } else if now - opened > Self.keyframeTimeoutMicroseconds {
        throw CameraFailure(.noKeyframe, "\(peer) sends no keyframe")
      }
      try producer.process(packet, demand: control.currentDemand)
      let change = { (status: inout PipelineStatus) in
        status.codec = codec.name
        status.width = producer.size?.width ?? status.width
        status.height = producer.size?.height ?? status.height
        status.sourceFramesPerSecond = rate.framesPerSecond
        status.framesReceived += 1
        status.framesDecoded = decodedBefore + producer.framesDecoded
        status.framesEncoded = encodedBefore + producer.framesEncoded
      }
      if hasKeyframe, reporter.status.phase != .streaming {
        reporter.enter(.streaming, "\(codec.name) from \(peer)", at: now, change)
      } else {
        reporter.update(at: now, change)
      }
    }
  }

  /// The next packet, at its time if the input is a file. Nil if the camera must stop.
  private mutating func next(
    _ demuxer: Demuxer, _ watchdog: InterruptWatchdog, _ pacer: inout FilePacer?
  ) throws(CameraFailure) -> MediaPacket? {
    let read: UnsafeMutablePointer<AVPacket>
    do {
      read = try demuxer.read()
    } catch {
      if control.isStopRequested { return nil }
      throw describe(error, watchdog, isOpen: true)
    }
    if control.isStopRequested { return nil }
    // After an interruption libav still hands out what its parser held back.
    if watchdog.hasFired { throw describe(LibAVError(code: -ETIMEDOUT), watchdog, isOpen: true) }
    if pacer != nil {
      let timestamp =
        demuxer.microseconds(read.pointee.dts) ?? demuxer.microseconds(read.pointee.pts)
      let release = pacer?.releaseTime(
        timestamp: timestamp, now: Clocks.monotonicMicroseconds())
      guard control.wait(untilMicroseconds: release ?? 0) else { return nil }
    }
    let arrival = Clocks.unixMicroseconds()
    let time = timeline.advance(
      timestamp: demuxer.microseconds(read.pointee.pts), arrival: arrival)
    guard let packet = MediaPacket(moving: read, arrival: arrival, time: time) else {
      throw CameraFailure(.protocolError, "there is no memory for a packet")
    }
    return packet
  }
}
