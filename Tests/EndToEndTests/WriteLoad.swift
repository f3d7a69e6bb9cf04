import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Synchronization

/// Writers that make cameras, each with a key of its own, and repeat what was not acknowledged.
final class WriteLoad: Sendable {
  private struct State {
    var names: [String] = []
    var isOver = false
  }

  private let address: String
  private let token: String
  private let state = Mutex(State())
  private let writers = Mutex<Task<Void, any Error>?>(nil)

  /// Starts `count` writers, who write until `stop`.
  init(_ system: AspenSystem, writers count: Int) {
    address = system.address
    token = system.token
    let task = Task {
      try await withLoops { loops in
        let http = HTTPClient(loops: loops, configuration: HTTPClientConfiguration())
        try await withThrowingTaskGroup(of: Void.self) { group in
          for writer in 0..<count {
            group.addTask { [self] in
              var index = 0
              while !state.withLock({ $0.isOver }) {
                try await write("load-\(writer)-\(index)", http)
                index += 1
              }
            }
          }
          try await group.waitForAll()
        }
      }
    }
    writers.withLock { $0 = task }
  }

  /// How many writes the API has acknowledged.
  var acknowledged: Int { state.withLock { $0.names.count } }

  /// Ends the writers, who bring to an end what they have begun; returns the names of all cameras made.
  /// Throws when a write was answered by anything but success or "try again".
  func stop() async throws -> [String] {
    state.withLock { $0.isOver = true }
    try await writers.withLock { $0 }?.value
    return state.withLock { $0.names }
  }

  private func write(_ name: String, _ http: HTTPClient) async throws {
    let body: JSONValue = [
      "name": .string(name), "spec": ["type": "rtsp", "address": "rtsp://192.0.2.1/main"],
    ]
    let request = HTTPClientRequest(
      method: "POST", url: try HTTPURL(address + "/v1/cameras"),
      headers: [
        "Authorization": "Bearer \(token)", "Content-Type": "application/json",
        "Idempotency-Key": name,
      ], body: body.serialized, timeout: .seconds(20))
    let end = ContinuousClock.now + .seconds(30)
    while true {
      let response = try await http.send(request)
      if response.status == 201 { break }
      guard response.status == 503, ContinuousClock.now < end else {
        throw ProgramError(
          description:
            "\(name): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    state.withLock { $0.names.append(name) }
  }
}
