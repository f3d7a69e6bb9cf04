import AspenModel
import CLibAV
import Glibc

/// An open camera or file. Owns libavformat's context; used on one thread.
final class Demuxer {
  /// Longest good-bye (RTSP TEARDOWN) to a camera.
  private static let closeTimeout = Duration.milliseconds(200)

  private let watchdog: InterruptWatchdog
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private let packet: UnsafeMutablePointer<AVPacket>
  private let stream: UnsafeMutablePointer<AVStream>

  /// Opens `input`; blocks until it plays. The watchdog must be armed.
  ///
  /// For RTSP all that decoding needs is in the session description, so libavformat is not asked
  /// to probe the stream, which takes a second and more.
  init(_ input: MediaInput, watchdog: InterruptWatchdog) throws(LibAVError) {
    LibAVLog.begin()
    guard let packet = av_packet_alloc(), let allocated = avformat_alloc_context() else {
      throw LibAVError(code: -ENOMEM)
    }
    self.watchdog = watchdog
    self.packet = packet
    var context: UnsafeMutablePointer<AVFormatContext>? = allocated
    do {
      allocated.pointee.interrupt_callback = watchdog.callback
      try Self.open(&context, input)
      stream = try Self.selectVideo(context)
    } catch {
      avformat_close_input(&context)
      var packet: UnsafeMutablePointer<AVPacket>? = packet
      av_packet_free(&packet)
      throw error
    }
    self.context = context
  }

  deinit {
    watchdog.armForClosing(Self.closeTimeout)
    avformat_close_input(&context)
    var packet: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&packet)
  }

  /// The video stream's parameters; valid as long as the demuxer.
  var parameters: UnsafePointer<AVCodecParameters> { UnsafePointer(stream.pointee.codecpar) }

  /// The rate that the container declares; 0 if it does not.
  var declaredFramesPerSecond: Double { av_q2d(stream.pointee.avg_frame_rate) }

  /// Reads the next packet of the video stream into the demuxer's own packet, which stays valid
  /// until the next call.
  func read() throws(LibAVError) -> UnsafeMutablePointer<AVPacket> {
    while true {
      av_packet_unref(packet)
      let code = av_read_frame(context, packet)
      guard code >= 0 else { throw LibAVError(code: code) }
      if packet.pointee.stream_index == stream.pointee.index, packet.pointee.size > 0 {
        return packet
      }
    }
  }

  /// A timestamp of the video stream in microseconds; nil if it is missing.
  func microseconds(_ timestamp: Int64) -> Int64? {
    guard timestamp != aspen_no_timestamp() else { return nil }
    return av_rescale_q(timestamp, stream.pointee.time_base, AVRational(num: 1, den: 1_000_000))
  }

  private static func open(
    _ context: inout UnsafeMutablePointer<AVFormatContext>?, _ input: MediaInput
  ) throws(LibAVError) {
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    for (name, value) in input.options { av_dict_set(&options, name, value, 0) }
    let format = input.formatName.flatMap { av_find_input_format($0) }
    let code = avformat_open_input(&context, input.url, format, &options)
    guard code >= 0 else { throw LibAVError(code: code) }
    // An option that libavformat does not know is left in the dictionary without an error; a
    // limit that is not in force must be found at once.
    guard av_dict_count(options) == 0 else { throw LibAVError(code: -EINVAL) }
    // libavformat follows RTSP redirections to any host, and keeps the new address here.
    guard let url = context?.pointee.url, String(cString: url) == input.url else {
      throw LibAVError(code: -EPERM)
    }
  }

  private static func selectVideo(
    _ context: UnsafeMutablePointer<AVFormatContext>?
  ) throws(LibAVError) -> UnsafeMutablePointer<AVStream> {
    var video: UnsafeMutablePointer<AVStream>?
    for index in 0..<Int(context?.pointee.nb_streams ?? 0) {
      guard let stream = context?.pointee.streams[index] else { continue }
      let type = stream.pointee.codecpar.pointee.codec_type
      let isPicture = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
      if video == nil, type == AVMEDIA_TYPE_VIDEO, !isPicture {
        video = stream
      } else {
        stream.pointee.discard = AVDISCARD_ALL
      }
    }
    guard let video else { throw LibAVError(code: aspen_averror_stream_not_found()) }
    return video
  }
}
