import AspenImage
import AspenModel
import CLibAV

/// Turns one connection's packets into the JPEG files that are wanted, decoding no more than that.
///
/// Every packet goes through `process`; nothing is decoded without demand. When demand begins, the
/// packets kept since the last keyframe are decoded and their newest picture is sent at once.
final class FrameProducer {
  /// Pictures after a loss are held back until the next keyframe, but no longer than this.
  private static let maxTaintMicroseconds: Int64 = 2_000_000
  /// A decoder that makes no picture for so long is given up with the connection.
  private static let maxBarrenMicroseconds: Int64 = 10_000_000

  private let codec: VideoCodec
  private let input: MediaInput
  private let parameters: UnsafePointer<AVCodecParameters>
  private let encoder: PictureEncoder
  private let emit: (EncodedFrame) -> Void

  private var group = GroupOfPictures<MediaPacket>()
  private var keyframes = RateMeter()
  private var mode = DecodeMode.nothing
  private var selector = FrameSelector()
  private var decoder: VideoDecoder?
  private var kept: UnsafeMutablePointer<AVFrame>?
  private var taintedSince: Int64?
  private var lastGood: Int64?

  private(set) var size: ImageSize?
  private(set) var framesDecoded: Int64 = 0
  private(set) var framesEncoded: Int64 = 0

  /// A producer for the stream of `parameters`, which must outlive it.
  init(
    codec: VideoCodec, input: MediaInput, parameters: UnsafePointer<AVCodecParameters>,
    quality: Int, emit: @escaping (EncodedFrame) -> Void
  ) throws(CameraFailure) {
    self.codec = codec
    self.input = input
    self.parameters = parameters
    self.emit = emit
    encoder = try PictureEncoder(quality: quality)
    kept = av_frame_alloc()
  }

  deinit {
    av_frame_free(&kept)
  }

  /// Takes the next packet, and makes the frames that `demand` wants of it.
  func process(_ packet: MediaPacket, demand: FrameDemand?) throws(CameraFailure) {
    if codec.isIntraOnly {
      try processIntra(packet, demand: demand)
      return
    }
    group.append(packet, sizeBytes: packet.sizeBytes, isKeyframe: packet.isKeyframe)
    if packet.isKeyframe {
      keyframes.frameArrived(at: packet.time)
      size = PictureSizeProbe.size(of: packet, parameters) ?? size
    }
    let newMode = DecodeMode(
      demand: demand, keyframesPerSecond: keyframes.framesPerSecond, current: mode)
    if newMode != mode {
      try change(to: newMode, width: demand?.width)
      return
    }
    guard let demand else { return }
    switch mode {
    case .nothing: break
    case .keyframes: if packet.isKeyframe { try decodeAlone(packet, demand) }
    case .everything: try decodeNext(packet, demand)
    }
  }

  // MARK: Pictures that stand alone

  private func processIntra(_ packet: MediaPacket, demand: FrameDemand?) throws(CameraFailure) {
    let header = packet.withBytes { JPEGHeader.parse($0) }
    size = header?.size ?? size
    guard let demand else {
      selector.reset()
      decoder = nil
      mode = .nothing
      return
    }
    if mode == .nothing {
      mode = .everything
      lastGood = packet.arrival
    }
    guard selector.takes(frameAt: packet.time, framesPerSecond: demand.framesPerSecond) else {
      return
    }
    if let header, header.isSelfContained, header.size.fitted(toWidth: demand.width) == header.size
    {
      lastGood = packet.arrival
      send(packet.withBytes { [UInt8]($0) }, header.size, packet.arrival)
    } else {
      try decodeAlone(packet, demand, isSelected: true)
    }
  }

  // MARK: Pictures that need others

  private func change(to newMode: DecodeMode, width: Int?) throws(CameraFailure) {
    mode = newMode
    decoder = nil
    taintedSince = nil
    lastGood = nil
    selector.reset()
    guard newMode != .nothing, let last = group.packets.last else { return }
    lastGood = last.arrival
    let decoder = try openDecoder()
    var hasPicture = false
    for packet in group.packets {
      _ = try decoder.decode(packet) { frame in
        framesDecoded += 1
        hasPicture = true
        av_frame_unref(kept)
        av_frame_move_ref(kept, frame)
      }
    }
    guard hasPicture, let kept else { return }
    defer { av_frame_unref(kept) }
    _ = selector.takes(frameAt: last.time, framesPerSecond: nil)
    try encode(kept, width: width)
  }

  private func decodeNext(_ packet: MediaPacket, _ demand: FrameDemand) throws(CameraFailure) {
    // A decoder can start with a keyframe only.
    guard decoder != nil || packet.isKeyframe else { return }
    let decoder = try openDecoder()
    lastGood = lastGood ?? packet.arrival
    let isAccepted = try decoder.decode(packet) { frame throws(CameraFailure) in
      framesDecoded += 1
      guard isSound(frame, at: packet.arrival) else { return }
      lastGood = packet.arrival
      guard selector.takes(frameAt: packet.time, framesPerSecond: demand.framesPerSecond) else {
        return
      }
      try encode(frame, width: demand.width)
    }
    if !isAccepted, taintedSince == nil { taintedSince = packet.arrival }
    try checkProgress(at: packet.arrival)
  }

  /// Decodes a keyframe and takes its picture at once, although the decoder would like to reorder.
  private func decodeAlone(
    _ packet: MediaPacket, _ demand: FrameDemand, isSelected: Bool = false
  ) throws(CameraFailure) {
    guard
      isSelected
        || selector.takes(frameAt: packet.time, framesPerSecond: demand.framesPerSecond)
    else { return }
    let decoder = try openDecoder()
    let take = { (frame: UnsafeMutablePointer<AVFrame>) throws(CameraFailure) in
      self.framesDecoded += 1
      self.lastGood = packet.arrival
      try self.encode(frame, width: demand.width)
    }
    _ = try decoder.decode(packet, take)
    try decoder.drain(take)
    try checkProgress(at: packet.arrival)
  }

  private func openDecoder() throws(CameraFailure) -> VideoDecoder {
    if let decoder { return decoder }
    do {
      let made = try VideoDecoder(parameters, allowed: input.videoCodecs)
      decoder = made
      return made
    } catch {
      throw CameraFailure(
        .unsupportedCodec, "the \(codec.name) decoder cannot be opened: \(error.text)")
    }
  }

  /// Whether a picture is free of the traces of lost packets.
  private func isSound(_ frame: UnsafeMutablePointer<AVFrame>, at arrival: Int64) -> Bool {
    if frame.pointee.key_frame != 0 { taintedSince = nil }
    if frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 {
      taintedSince = taintedSince ?? arrival
    }
    return taintedSince.map { arrival - $0 > Self.maxTaintMicroseconds } ?? true
  }

  private func checkProgress(at arrival: Int64) throws(CameraFailure) {
    guard let lastGood, arrival - lastGood > Self.maxBarrenMicroseconds else { return }
    throw CameraFailure(.decodeErrors, "the \(codec.name) video cannot be decoded")
  }

  private func encode(
    _ frame: UnsafeMutablePointer<AVFrame>, width: Int?
  ) throws(CameraFailure) {
    let (jpeg, size) = try encoder.encode(frame, width: width)
    self.size = ImageSize(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
    send(jpeg, size, frame.pointee.reordered_opaque)
  }

  private func send(_ jpeg: [UInt8], _ size: ImageSize, _ arrival: Int64) {
    framesEncoded += 1
    emit(
      EncodedFrame(
        jpeg: jpeg, width: size.width, height: size.height, captureMicroseconds: arrival))
  }
}
