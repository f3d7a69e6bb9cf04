import AspenNet
import CLibPQ

/// Where the database is and how to sign in: a libpq connection URL or `key=value` text, taken apart.
///
/// Prints without the password; the password never leaves this type except into libpq.
struct PostgresConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
  /// One place of a URL that may name several; libpq tries them in turn.
  struct Host: Sendable, Hashable {
    /// A DNS name, an address, or the directory of a unix socket; empty is libpq's default.
    var name: String
    /// The literal address, which spares libpq the look-up that would block the loop.
    var address: String
    var port: String

    /// Whether the name must be looked up before libpq sees it.
    var needsResolution: Bool {
      address.isEmpty && !name.isEmpty && !name.hasPrefix("/") && !name.hasPrefix("@")
    }
  }

  let hosts: [Host]
  /// What every session, or behind a pooler every transaction, has set.
  let settings: [Setting]
  /// All other keywords and values, defaults included.
  private let keywords: [String: String]

  /// A setting of PostgreSQL; names and values need no quoting.
  struct Setting: Sendable, Hashable {
    let name: String
    let value: String
  }

  /// Parses the address. The error does not repeat it, since it may hold a password.
  init(url: String, limits: PostgresLimits) throws(PostgresError) {
    guard let options = PQconninfoParse(url, nil) else {
      throw .configuration(
        "the database address is neither postgresql://USER@HOST:PORT/DATABASE nor key=value text")
    }
    defer { PQconninfoFree(options) }
    var keywords: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        keywords[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    hosts = try Self.hosts(of: &keywords)
    let defaults = [
      "client_encoding": "UTF8", "fallback_application_name": "aspen", "gssencmode": "disable",
      // A connection that says nothing must still be noticed within half a minute.
      "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3",
      // A host that is gone acknowledges nothing; without this the kernel tries for a quarter of an hour.
      "tcp_user_timeout": "5000",
    ]
    keywords.merge(defaults) { given, _ in given }
    // Of several servers only one takes writes, unless somebody knows better.
    if hosts.count > 1, keywords["target_session_attrs"] ?? "any" == "any" {
      keywords["target_session_attrs"] = "read-write"
    }
    settings = [
      Setting(name: "statement_timeout", value: "\(limits.statementTimeout.wholeMilliseconds)"),
      Setting(
        name: "idle_in_transaction_session_timeout",
        value: "\(limits.idleInTransactionTimeout.wholeMilliseconds)"),
      Setting(name: "bytea_output", value: "hex"),
      // All statements are short. Compiling one because the planner takes a small table for a large one
      // costs 20 to 400 ms each time.
      Setting(name: "jit", value: "off"),
    ]
    self.keywords = keywords
  }

  var description: String {
    let places = hosts.map { host in
      let name = host.name.isEmpty ? host.address : host.name
      return host.port.isEmpty ? name : "\(name):\(host.port)"
    }
    return "\(keywords["user"] ?? "")@\(places.joined(separator: ","))/\(keywords["dbname"] ?? "")"
  }

  var customMirror: Mirror { Mirror(self, children: []) }

  /// The settings as one statement, for the transaction in which it runs.
  var localSettings: String {
    "SELECT "
      + settings.map { "set_config('\($0.name)', '\($0.value)', true)" }.joined(separator: ", ")
  }

  /// What libpq gets, with names resolved to `addresses`. A name without address is left out; each
  /// attempt begins with another host, so that one silent host cannot hide the others.
  func parameters(
    addresses: [String: [String]], attempt: Int, sendsSettings: Bool = true
  ) -> (keywords: [String], values: [String]) {
    var targets = hosts.flatMap { host -> [Host] in
      guard host.needsResolution else { return [host] }
      return (addresses[host.name] ?? []).map { address in
        Host(name: host.name, address: address, port: host.port)
      }
    }
    if targets.count > 1 {
      let shift = attempt % targets.count
      targets = Array(targets[shift...] + targets[..<shift])
    }
    var all = keywords
    if sendsSettings {
      let options = settings.map { "-c \($0.name)=\($0.value)" }.joined(separator: " ")
      all["options"] = all["options"].map { "\($0) \(options)" } ?? options
    }
    all["host"] = targets.map(\.name).joined(separator: ",")
    all["port"] = targets.map(\.port).joined(separator: ",")
    if targets.contains(where: { !$0.address.isEmpty }) {
      all["hostaddr"] = targets.map(\.address).joined(separator: ",")
    }
    let pairs = all.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
    return (pairs.map(\.key), pairs.map(\.value))
  }

  private static func hosts(
    of keywords: inout [String: String]
  ) throws(PostgresError) -> [Host] {
    let names = list(keywords.removeValue(forKey: "host"))
    let addresses = list(keywords.removeValue(forKey: "hostaddr"))
    let ports = list(keywords.removeValue(forKey: "port"))
    let count = max(names.count, addresses.count, 1)
    guard [0, count].contains(names.count), [0, count].contains(addresses.count),
      [0, 1, count].contains(ports.count)
    else {
      throw .configuration("the database address names a different number of hosts and ports")
    }
    var hosts: [Host] = []
    for index in 0..<count {
      let name = names.isEmpty ? "" : names[index]
      let address = addresses.isEmpty ? "" : addresses[index]
      let port = ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index]
      // A literal address needs no look-up.
      let literal = address.isEmpty ? (try? SocketAddress(ip: name, port: 0))?.host : nil
      hosts.append(Host(name: name, address: literal ?? address, port: port))
    }
    return hosts
  }

  private static func list(_ text: String?) -> [String] {
    guard let text, !text.isEmpty else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

extension Duration {
  /// The duration in milliseconds, rounded up, as PostgreSQL's settings want it.
  var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
