import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel
import AspenWire
import FoundationEssentials

/// `aspen snapshot STREAM`
struct SnapshotCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Save the next frame of a stream as a JPEG file.")

  @Argument(help: "The stream's name.", completion: .names(of: "streams")) var stream: String

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp("Where to; STREAM.jpg unless given.", valueName: "path"),
    completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("Ask for a frame at most so wide.", valueName: "pixels"))
  var width: Int?

  @Option(help: ArgumentHelp("How long to wait for the frame: 10s, 1m.", valueName: "span"))
  var timeout = SpanArgument(seconds: 10)

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let deadline = ContinuousClock.now + .seconds(timeout.seconds)
      let feed = try await session.client.frames(
        of: stream, maxWidth: width, timeout: .seconds(timeout.seconds))
      guard let frame = try await Self.first(of: feed, until: deadline) else {
        throw await failure(session)
      }
      try save(frame, session)
    }
  }

  /// The first frame, or nil at the deadline.
  private static func first(
    of feed: FrameFeed, until deadline: ContinuousClock.Instant
  ) async throws -> ReceivedFrame? {
    try await withThrowingTaskGroup(of: ReceivedFrame?.self) { group in
      group.addTask {
        for try await frame in feed { return frame }
        return nil
      }
      group.addTask {
        try? await ContinuousClock().sleep(until: deadline)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  private func save(_ frame: ReceivedFrame, _ session: Session) throws {
    let path = file ?? "\(stream).jpg"
    do {
      try Data(frame.jpeg).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw CommandError(.refused, "cannot write \(path)")
    }
    let (width, height, bytes) = (frame.header.width, frame.header.height, frame.jpeg.count)
    session.print(
      done: "\(path): \(width)x\(height), \(bytes) bytes",
      [
        "file": .string(path), "width": .integer(Int64(width)), "height": .integer(Int64(height)),
        "bytes": .integer(Int64(bytes)),
        "captured_at": .string(Timestamp(microseconds: frame.header.captureMicroseconds).text),
      ])
  }

  /// Why no frame came: what the controller says of the stream.
  private func failure(_ session: Session) async -> CommandError {
    let words = "no frame of \(stream) within \(timeout.seconds) s"
    guard let json = try? await session.client.resource(APIOperations.streamGet, stream) else {
      return CommandError(.timeout, words)
    }
    let row = ResourceRow(json: json, now: session.context.now())
    return CommandError(
      .timeout, words, "\(row.cell(row.value("status", "phase"))): \(row.why)")
  }
}
