import Hummingbird

/// Hummingbird's hello as JSON: router, response encoding, nothing else. Argument: the port.
@main
struct HelloHummingbird {
  struct Health: ResponseEncodable {
    let status: String
    let version: String
  }

  static func main() async throws {
    let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
    let router = Router()
    router.get("healthz") { _, _ in Health(status: "ok", version: "0.1.0") }
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
    try await application.runService()
  }
}
