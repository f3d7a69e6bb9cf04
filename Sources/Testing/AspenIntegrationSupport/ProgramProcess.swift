import Foundation
import Synchronization

/// One of ASPEN's programs, or any other, run as a child process by a test.
///
/// It is killed at the latest when this object goes away.
package final class ProgramProcess: Sendable {
  private struct State {
    var output = ""
    var isEnded = false
  }

  /// What a finished program has left.
  package struct Result: Sendable {
    package let exitCode: Int32
    package let output: String
    package let errors: String
  }

  private let state = Mutex(State())
  private let process: Process

  /// Starts `program` (a product of this package, or a path) with `arguments`. Both of its outputs are
  /// collected.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path(of: program))
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("ASPEN_") }
      .merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    self.process = process
    pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
      } else {
        self?.state.withLock { $0.output += String(decoding: data, as: UTF8.self) }
      }
    }
    try process.run()
  }

  deinit {
    if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
  }

  /// The process's number.
  package var pid: Int32 { process.processIdentifier }

  /// Whether it still runs.
  package var isRunning: Bool { process.isRunning }

  /// All that it has printed so far.
  package var output: String { state.withLock { $0.output } }

  /// Waits for a line with `text`; returns that line. Throws with the output at the deadline.
  package func line(
    containing text: String, within deadline: Duration = .seconds(30)
  ) async throws -> String {
    let end = ContinuousClock.now + deadline
    while ContinuousClock.now < end {
      let lines = output.split(separator: "\n")
      if let line = lines.first(where: { $0.contains(text) }) { return String(line) }
      if !process.isRunning { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw ProgramError(description: "no line with '\(text)' in:\n\(output)")
  }

  /// Sends a signal.
  package func signal(_ number: Int32) {
    Glibc.kill(pid, number)
  }

  /// Asks it to end and waits; kills it after the deadline. Returns the exit status.
  @discardableResult
  package func stop(within deadline: Duration = .seconds(10)) async -> Int32 {
    signal(SIGTERM)
    let end = ContinuousClock.now + deadline
    while process.isRunning, ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(20))
    }
    if process.isRunning { await kill() }
    return process.terminationStatus
  }

  /// Kills it without warning and waits until it is gone.
  package func kill() async {
    signal(SIGKILL)
    while process.isRunning { try? await Task.sleep(for: .milliseconds(5)) }
  }

  /// Runs a program to its end.
  package static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    input: String = "", within deadline: Duration = .seconds(60)
  ) async throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path(of: program))
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("ASPEN_") }
      .merging(environment) { $1 }
    let files = (0..<3).map { _ in
      FileManager.default.temporaryDirectory.appending(path: "aspen-\(UUID().uuidString)")
    }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    try Data(input.utf8).write(to: files[0])
    for file in files.dropFirst() { try Data().write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    let end = ContinuousClock.now + deadline
    while process.isRunning {
      if ContinuousClock.now > end {
        Glibc.kill(process.processIdentifier, SIGKILL)
        throw ProgramError(description: "\(program) did not end within \(deadline)")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    return Result(
      exitCode: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
  }

  /// Where a program is. Products stand beside the test bundle.
  package static func path(of program: String) -> String {
    if program.hasPrefix("/") { return program }
    var directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while directory.path != "/" {
      let candidate = directory.appending(path: program).path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      directory = directory.deletingLastPathComponent()
    }
    return program
  }
}

/// What a program did not do, in words.
package struct ProgramError: Error, CustomStringConvertible {
  package let description: String

  /// An error in words.
  package init(description: String) {
    self.description = description
  }
}

/// Places in the checkout.
package enum Checkout {
  /// The repository's root directory.
  package static let root: String = {
    var url = URL(fileURLWithPath: #filePath)
    while url.path != "/", !FileManager.default.fileExists(atPath: url.path + "/Package.swift") {
      url = url.deletingLastPathComponent()
    }
    return url.path
  }()
}
