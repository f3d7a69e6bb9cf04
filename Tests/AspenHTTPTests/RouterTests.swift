import Testing

@testable import AspenHTTP

@Suite("Router")
struct RouterTests {
  private let router = {
    var router = Router<String>()
    router.add("GET", "/", "root")
    router.add("GET", "/v1/cameras", "list")
    router.add("POST", "/v1/cameras", "create")
    router.add("GET", "/v1/cameras/{name}", "read")
    router.add("DELETE", "/v1/cameras/{camera}", "delete")
    router.add("GET", "/v1/cameras/{name}/snapshot", "snapshot")
    router.add("GET", "/v1/cameras/special", "special")
    router.add("PUT", "/v1/cameras/special/mode", "mode")
    router.add("GET", "/static/{path...}", "static")
    return router
  }()

  private func find(_ method: String, _ path: String) -> String {
    let segments = (try? HTTPTarget.segments(of: path)) ?? []
    switch router.match(method, segments) {
    case .found(let value, let parameters):
      let text = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      return ([value] + text).joined(separator: " ")
    case .methodNotAllowed(let allowed): return "405 " + allowed.joined(separator: ",")
    case .notFound: return "404"
    }
  }

  @Test(
    "a request finds its route",
    arguments: [
      ("GET", "/", "root"), ("GET", "/v1/cameras", "list"), ("HEAD", "/v1/cameras", "list"),
      ("GET", "/v1/cameras/door", "read name=door"),
      ("DELETE", "/v1/cameras/door", "delete camera=door"),
      ("GET", "/v1/cameras/a%2Fb", "read name=a/b"),
      ("GET", "/v1/cameras/special", "special"),
      ("DELETE", "/v1/cameras/special", "delete camera=special"),
      ("GET", "/v1/cameras/special/snapshot", "snapshot name=special"),
      ("PUT", "/v1/cameras", "405 GET,HEAD,POST"),
      ("PATCH", "/v1/cameras/special", "405 DELETE,GET,HEAD"),
      ("GET", "/v1/cameras/", "404"), ("GET", "/v1", "404"), ("GET", "//v1/cameras", "404"),
      ("GET", "/v1/cameras/a/b", "404"), ("GET", "/static/a/b.js", "static path=a/b.js"),
      ("GET", "/static", "404"),
    ])
  func match(method: String, path: String, expected: String) {
    #expect(find(method, path) == expected)
  }
}
