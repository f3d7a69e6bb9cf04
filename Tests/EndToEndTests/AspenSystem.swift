import AspenHTTP
import AspenIntegrationSupport
import AspenModel
import AspenNet
import AspenTestSupport
import Foundation

/// A whole ASPEN for one test: a database of its own, one controller, any number of workers, and the
/// command-line client, all real programs.
final class AspenSystem {
  let directory: TemporaryDirectory
  let databaseURL: String
  private(set) var controller: ProgramProcess
  private(set) var address: String
  let token: String
  private var workers: [String: ProgramProcess] = [:]
  private var others: [Controller] = []
  private let loops: EventLoopGroup
  private let http: HTTPClient

  /// Starts a controller on a free port with the database at `databaseURL`.
  /// `flags` are more flags of the controller.
  init(databaseURL: String, flags: [String] = []) async throws {
    self.databaseURL = databaseURL
    directory = try TemporaryDirectory()
    (controller, address) = try await Self.startController(
      databaseURL, listen: "127.0.0.1:0", directory, flags)
    token = try Self.line(of: directory.file("operator-token"))
    loops = try EventLoopGroup(count: 1, name: "test-http")
    http = HTTPClient(loops: loops.loops, configuration: HTTPClientConfiguration())
  }

  deinit { loops.stop() }

  /// A controller and where it listens.
  struct Controller {
    let process: ProgramProcess
    let address: String
  }

  /// The controller that was started with the system.
  var first: Controller { Controller(process: controller, address: address) }

  /// Starts one more controller with the same database and files.
  func startController(_ flags: [String] = []) async throws -> Controller {
    let (process, address) = try await Self.startController(
      databaseURL, listen: "127.0.0.1:0", directory, flags)
    let controller = Controller(process: process, address: address)
    others.append(controller)
    return controller
  }

  /// The epoch in which a controller leads; nil if it does not.
  func epoch(of controller: Controller) async throws -> Int64? {
    try await send("GET", "/healthz", at: controller.address).json["epoch"]?.wholeNumber
  }

  /// Starts a worker and waits until the controller counts it as ready.
  @discardableResult
  func startWorker(
    _ name: String, labels: String = "", media: String? = nil, at controller: Controller? = nil
  ) async throws -> ProgramProcess {
    let address = controller?.address ?? self.address
    let worker = try ProgramProcess(
      "aspen-worker",
      [
        "--controller", address, "--name", name, "--join-token-file",
        directory.file("join-token"), "--state-dir", directory.file("worker-" + name),
        "--media-dir", media ?? directory.path, "--capacity", "20",
      ] + (labels.isEmpty ? [] : ["--labels", labels]))
    workers[name] = worker
    try await waitUntil("worker \(name) to be ready") {
      try await get("/v1/workers/\(name)", at: address).json["status"]?["phase"]?.text == "ready"
    }
    return worker
  }

  /// A worker started before.
  func worker(_ name: String) throws -> ProgramProcess {
    guard let worker = workers[name] else {
      throw ProgramError(description: "no worker \(name) was started")
    }
    return worker
  }

  /// Kills the controller without warning and starts it again at the same address.
  func killAndRestartController() async throws {
    await controller.kill()
    let listen = address.replacing("http://", with: "")
    (controller, address) = try await Self.startController(databaseURL, listen: listen, directory)
  }

  /// Ends all programs.
  func stop() async {
    for worker in workers.values { await worker.stop() }
    for other in others { await other.process.stop() }
    await controller.stop()
  }

  /// Adds the camera of these tests and waits until it streams.
  func addYard(_ camera: TestCamera) async throws {
    let added = try await aspen("camera", "add", "yard", Yard.address(of: camera))
    guard added.exitCode == 0 else { throw ProgramError(description: added.errors) }
    try await waitUntilStreaming("yard")
  }

  /// Waits until a worker gets packets of the stream's camera.
  func waitUntilStreaming(_ name: String, at address: String? = nil) async throws {
    try await waitUntil("\(name) to stream") {
      try await get("/v1/streams/\(name)", at: address).json["status"]?["phase"]?.text
        == "streaming"
    }
  }

  /// Runs the command-line client.
  func aspen(_ arguments: String..., input: String = "") async throws -> ProgramProcess.Result {
    try await aspen(arguments, input: input)
  }

  /// Runs the command-line client with a line that was taken apart.
  func aspen(
    _ arguments: [String], input: String = ""
  ) async throws -> ProgramProcess.Result {
    try await ProgramProcess.run(
      "aspen", arguments,
      environment: [
        "ASPEN_SERVER": address, "ASPEN_TOKEN": token, "HOME": directory.path,
      ], input: input)
  }

  /// An answer of the API.
  struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let json: JSONValue
  }

  /// Sends a request to the API with the operator's token, or `token`; an empty one sends none.
  func send(
    _ method: String, _ path: String, body: [UInt8]? = nil, token: String? = nil,
    type: String = "application/json", ifMatch: String? = nil, headers more: HTTPHeaders = [:],
    at address: String? = nil
  ) async throws -> Answer {
    var headers = more
    let token = token ?? self.token
    if !token.isEmpty { headers.add("Authorization", "Bearer \(token)") }
    if let ifMatch { headers.add("If-Match", ifMatch) }
    if body != nil { headers.add("Content-Type", type) }
    let response = try await http.send(
      HTTPClientRequest(
        method: method, url: try HTTPURL((address ?? self.address) + path), headers: headers,
        body: body ?? [],
        timeout: .seconds(20)))
    let json = response.body.isEmpty ? JSONValue.null : try JSONValue(parsing: response.body)
    return Answer(status: response.status, headers: response.headers, json: json)
  }

  /// Reads a resource.
  func get(_ path: String, at address: String? = nil) async throws -> Answer {
    try await send("GET", path, at: address)
  }

  /// Changes whatever is there.
  func patch(_ path: String, _ text: String, ifMatch: String = "*") async throws -> Answer {
    try await send(
      "PATCH", path, body: Array(text.utf8), type: "application/merge-patch+json",
      ifMatch: ifMatch)
  }

  /// Removes whatever is there.
  func delete(_ path: String) async throws -> Answer {
    try await send("DELETE", path, ifMatch: "*")
  }

  /// Makes an access token and returns it.
  func makeToken(_ name: String, _ role: String, selector: String? = nil) async throws -> String {
    let body: JSONValue = [
      "name": .string(name),
      "spec": .object(compacting: [
        ("role", .string(role)), ("selector", selector.map { .string($0) }),
      ]),
    ]
    let made = try await send("POST", "/v1/tokens", body: body.serialized)
    guard made.status == 201, let token = made.json["token"]?.text else {
      throw ProgramError(description: made.json.serializedText)
    }
    return token
  }

  /// Sends a JSON text.
  func post(_ path: String, _ text: String, at address: String? = nil) async throws -> Answer {
    try await send("POST", path, body: Array(text.utf8), at: address)
  }

  /// What a user's Python script receives of a stream.
  func receive(
    _ path: String, seconds: Double, mode: String, at address: String? = nil
  ) async throws -> JSONValue {
    let address = address ?? self.address
    let result = try await ProgramProcess.run(
      "/usr/bin/python3",
      [
        Checkout.root + "/Tests/EndToEndTests/frames_client.py",
        address.replacing("http://", with: "ws://") + path, token, String(seconds), mode,
      ])
    guard result.exitCode == 0 else { throw ProgramError(description: result.errors) }
    return try JSONValue(parsing: Array(result.output.utf8))
  }

  private static func startController(
    _ databaseURL: String, listen: String, _ directory: TemporaryDirectory,
    _ more: [String] = []
  ) async throws -> (ProgramProcess, String) {
    let controller = try ProgramProcess(
      "aspen-controller",
      [
        "--listen", listen, "--database-url", databaseURL, "--migrations",
        Checkout.root + "/migrations", "--operator-token-file", directory.file("operator-token"),
        "--join-token-file", directory.file("join-token"), "--secrets-key-file",
        directory.file("secrets-key"), "--no-rate-limits", "--check-responses",
      ] + more)
    let line = try await controller.line(containing: "controller ready at ")
    return (controller, String(line.split(separator: " ").last ?? ""))
  }

  private static func line(of path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(
      in: .whitespacesAndNewlines)
  }
}
