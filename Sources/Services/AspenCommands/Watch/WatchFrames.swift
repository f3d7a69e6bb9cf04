import ArgumentParser
import AspenClient
import AspenModel
import AspenWire

/// `aspen watch frames STREAM`
struct WatchFrames: Command {
  static let configuration = CommandConfiguration(
    commandName: "frames",
    abstract: "Receive a stream's frames and print a line a second: rate, size, bit rate, age.")

  @Argument(help: "The stream's name.", completion: .names(of: "streams")) var stream: String

  @Option(help: ArgumentHelp("Ask for at most so many frames a second.", valueName: "fps"))
  var fps: Double?

  @Option(help: ArgumentHelp("Ask for frames at most so wide.", valueName: "pixels"))
  var width: Int?

  @Option(help: ArgumentHelp("End after so many frames."))
  var count: Int?

  @Option(help: ArgumentHelp("End after so long: 10s, 5m.", valueName: "span"))
  var duration: SpanArgument?

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if let count, count < 1 { throw ArgumentParser.ValidationError("--count must be at least 1.") }
  }

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let feed = try await session.client.frames(
        of: stream, maxFramesPerSecond: fps, maxWidth: width)
      try await watch(feed, session)
    }
  }

  /// Receives in one task and reports in another; whichever is done first ends both.
  private func watch(_ feed: FrameFeed, _ session: Session) async throws {
    let meter = FrameMeter()
    let clock = ContinuousClock()
    let started = clock.now
    let reported = try await withThrowingTaskGroup(of: Duration?.self) { group in
      group.addTask { [count] in
        var received = 0
        for try await frame in feed {
          meter.add(
            width: frame.header.width, height: frame.header.height, bytes: frame.jpeg.count,
            ageMicroseconds: session.context.now() - frame.header.captureMicroseconds)
          received += 1
          if received == count { break }
        }
        return nil
      }
      group.addTask { [duration] in
        var last = Duration.zero
        let end = duration.map { Duration.seconds($0.seconds) }
        while end.map({ last < $0 }) ?? true {
          let next = min(last + .seconds(1), end ?? .seconds(Int64.max))
          do {
            try await clock.sleep(until: started + next)
          } catch {
            // Cancelled because all frames are there: the rest is reported below.
            return last
          }
          Self.report(meter.take(seconds: (next - last) / .seconds(1)), session)
          last = next
        }
        return last
      }
      var reported = Duration.zero
      while let result = try await group.next() {
        group.cancelAll()
        reported = result ?? reported
      }
      return reported
    }
    let rest = meter.take(seconds: (clock.now - started - reported) / .seconds(1))
    if rest.frames > 0 { Self.report(rest, session) }
  }

  private static func report(_ reading: FrameMeter.Reading, _ session: Session) {
    switch session.format {
    case .table: session.context.write(reading.line + "\n")
    case .json: session.context.write(reading.json.serializedText + "\n")
    case .yaml: session.context.write("---\n" + YAMLText.write(reading.json))
    }
  }
}
