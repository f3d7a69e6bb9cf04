/// Finds the value of a method and a path.
///
/// A pattern's segments are literals, `{name}` for any one non-empty segment, or a last `{name...}`
/// for all remaining ones. A literal wins over a parameter, a parameter over the rest.
package struct Router<Value: Sendable>: Sendable {
  /// The outcome of a look-up.
  package enum Match: Sendable {
    /// The value, with what the pattern's names stood for.
    case found(Value, parameters: [String: String])
    /// The path exists, but not with this method; for the Allow field.
    case methodNotAllowed(allowed: [String])
    /// No pattern fits the path.
    case notFound
  }

  private var trie = RouteTrie()
  private var values: [Value] = []

  /// No routes.
  package init() {}

  /// Adds a route. The same method and pattern twice, or a malformed pattern, is a programmer's
  /// error.
  package mutating func add(_ method: String, _ pattern: String, _ value: Value) {
    trie.add(method, pattern, index: values.count)
    values.append(value)
  }

  /// Looks up the decoded path segments of a request. HEAD finds GET's value.
  package func match(_ method: String, _ segments: [String]) -> Match {
    if let (index, parameters) = trie.find(method, segments) {
      return .found(values[index], parameters: parameters)
    }
    let allowed = trie.allowed(segments)
    return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed: allowed)
  }
}

/// The patterns of a router. Not generic, because generic code of another module is not specialized
/// and costs several times as much.
private struct RouteTrie: Sendable {
  struct Route: Sendable {
    let method: String
    let index: Int
    let names: [String]
  }

  struct Node: Sendable {
    var literals: [String: Int] = [:]
    var parameter: Int?
    var rest: Int?
    /// Few, so that comparing is faster than hashing.
    var routes: [Route] = []

    func route(_ method: String) -> Route? { routes.first { $0.method == method } }
  }

  private var nodes = [Node()]

  mutating func add(_ method: String, _ pattern: String, index: Int) {
    precondition(pattern.utf8.first == UInt8(ascii: "/"), "a pattern begins with a slash")
    var names: [String] = []
    var node = 0
    let segments =
      pattern == "/"
      ? [] : pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (position, segment) in segments.enumerated() {
      if segment.hasPrefix("{"), segment.hasSuffix("...}") {
        precondition(position == segments.count - 1, "only a last segment takes the rest")
        names.append(String(segment.dropFirst().dropLast(4)))
        node = child(of: node, \.rest)
      } else if segment.hasPrefix("{"), segment.hasSuffix("}") {
        names.append(String(segment.dropFirst().dropLast()))
        node = child(of: node, \.parameter)
      } else {
        node = child(of: node, \.literals[String(segment)])
      }
    }
    precondition(Set(names).count == names.count, "a pattern's names differ")
    precondition(nodes[node].route(method) == nil, "\(method) \(pattern) is added twice")
    nodes[node].routes.append(Route(method: method, index: index, names: names))
  }

  func find(_ method: String, _ segments: [String]) -> (Int, [String: String])? {
    var values: [String] = []
    let found = visit(segments[...], 0, &values) { node in
      node.route(method) ?? (method == "HEAD" ? node.route("GET") : nil)
    }
    guard let found else { return nil }
    var parameters: [String: String] = [:]
    for (name, value) in zip(found.names, values) { parameters[name] = value }
    return (found.index, parameters)
  }

  /// The methods of all patterns that fit.
  func allowed(_ segments: [String]) -> [String] {
    var methods: Set<String> = []
    var values: [String] = []
    _ = visit(segments[...], 0, &values) { node in
      for route in node.routes { methods.insert(route.method) }
      return nil
    }
    if methods.contains("GET") { methods.insert("HEAD") }
    return methods.sorted()
  }

  private mutating func child(of node: Int, _ edge: WritableKeyPath<Node, Int?>) -> Int {
    if let existing = nodes[node][keyPath: edge] { return existing }
    nodes.append(Node())
    nodes[node][keyPath: edge] = nodes.count - 1
    return nodes.count - 1
  }

  /// Shows `choose` the nodes that fit, best first, until it takes one's route. `values` are then
  /// what the parameters stand for.
  private func visit(
    _ segments: ArraySlice<String>, _ node: Int, _ values: inout [String],
    _ choose: (Node) -> Route?
  ) -> Route? {
    guard let segment = segments.first else { return choose(nodes[node]) }
    let rest = segments.dropFirst()
    if let next = nodes[node].literals[segment],
      let found = visit(rest, next, &values, choose)
    {
      return found
    }
    if let next = nodes[node].parameter, !segment.isEmpty {
      values.append(segment)
      if let found = visit(rest, next, &values, choose) { return found }
      values.removeLast()
    }
    if let next = nodes[node].rest, let found = choose(nodes[next]) {
      values.append(segments.joined(separator: "/"))
      return found
    }
    return nil
  }
}
