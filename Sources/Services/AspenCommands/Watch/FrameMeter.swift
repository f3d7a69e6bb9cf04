import AspenClient
import AspenModel
import Synchronization

/// Counts frames between two reports. Two tasks share it: the one that receives frames and the one
/// that reports.
final class FrameMeter: Sendable {
  /// What came between two reports.
  struct Reading: Sendable, Hashable {
    var frames = 0
    var bytes = 0
    var width = 0
    var height = 0
    /// From capture to arrival of the last frame, by two clocks.
    var ageMicroseconds: Int64 = 0
    var seconds = 0.0

    var framesPerSecond: Double { seconds > 0 ? Double(frames) / seconds : 0 }
    var bitsPerSecond: Double { seconds > 0 ? Double(bytes) * 8 / seconds : 0 }
    var meanBytes: Int { frames > 0 ? bytes / frames : 0 }
  }

  private let reading = Mutex(Reading())

  func add(width: Int, height: Int, bytes: Int, ageMicroseconds: Int64) {
    reading.withLock { reading in
      reading.frames += 1
      reading.bytes += bytes
      reading.width = width
      reading.height = height
      reading.ageMicroseconds = ageMicroseconds
    }
  }

  /// What came since the last call, `seconds` ago.
  func take(seconds: Double) -> Reading {
    reading.withLock { reading in
      var taken = reading
      taken.seconds = seconds
      reading = Reading(width: taken.width, height: taken.height)
      return taken
    }
  }
}

extension FrameMeter.Reading {
  /// A line for people.
  var line: String {
    guard frames > 0 else { return "0 fps  no frame" }
    let columns = [
      "\(TerminalText.number(framesPerSecond)) fps", "\(width)x\(height)",
      "\(TerminalText.number(Double(meanBytes) / 1_000)) kB",
      "\(TerminalText.number(bitsPerSecond / 1_000_000, digits: 2)) Mbit/s",
      "age \(ageMicroseconds / 1_000) ms",
    ]
    let widths = [8, 9, 8, 11]
    return zip(columns, widths + [0]).map { column, width in
      column + String(repeating: " ", count: max(width - column.count, 0))
    }.joined(separator: "  ")
  }

  /// The same for programs.
  var json: JSONValue {
    [
      "fps": .number((framesPerSecond * 100).rounded() / 100), "frames": .integer(Int64(frames)),
      "width": .integer(Int64(width)), "height": .integer(Int64(height)),
      "mean_bytes": .integer(Int64(meanBytes)),
      "bits_per_second": .integer(Int64(bitsPerSecond)),
      "age_ms": frames > 0 ? .integer(ageMicroseconds / 1_000) : .null,
    ]
  }
}
