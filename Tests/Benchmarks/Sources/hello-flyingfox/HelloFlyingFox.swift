import FlyingFox
import Foundation

/// FlyingFox's hello as JSON. Argument: the port.
@main
struct HelloFlyingFox {
  struct Health: Codable {
    let status: String
    let version: String
  }

  static func main() async throws {
    let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
    let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port))
    await server.appendRoute("GET /healthz") { _ in
      let body = try JSONEncoder().encode(Health(status: "ok", version: "0.1.0"))
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: "application/json"], body: body)
    }
    try await server.run()
  }
}
