import AspenHTTP
package import AspenModel
package import AspenRuntime

/// The settings of `aspen-controller`: defaults < file < environment < flags.
package struct ControllerConfiguration: Sendable {
  /// `HOST:PORT`, the host an IP address; port 0 takes a free one.
  package let listen: ListenAddress
  /// By which workers and people reach this controller, if that is known; one among several should say.
  package let advertiseURL: String?
  /// What people call this controller; unless given it is made of the host's name and the port.
  package let name: ObjectName?
  package let databaseURL: Secret
  /// How long the lease of leadership lasts.
  package let leaderLease: Duration
  package let migrationsDirectory: String
  package let operatorTokenFile: String?
  package let joinTokenFile: String?
  package let tls: TLSFiles?
  /// The keys that seal secrets; made at the first start if the file is not there.
  package let secretsKeyFile: String?
  /// The identity provider whose tokens are accepted.
  package let oidc: OIDCConfiguration?
  package let limitsRequests: Bool
  /// Holds every answer against the declaration of its operation: for tests.
  package let checksResponses: Bool
  package let logLevel: String

  /// A certificate chain and its key, both PEM.
  package struct TLSFiles: Sendable, Hashable {
    package let certificate: String
    package let key: String
  }

  /// The known settings.
  package enum Keys {
    package static let listen = ConfigurationKey("listen", default: "127.0.0.1:8480")
    package static let advertiseURL = ConfigurationKey("advertise_url")
    package static let name = ConfigurationKey(
      "name", environmentName: "ASPEN_CONTROLLER_NAME")
    package static let leaderLease = ConfigurationKey(
      "leader_lease_ms", .wholeNumber, default: 800)
    package static let databaseURL = ConfigurationKey("database_url", isSecret: true)
    package static let migrations = ConfigurationKey("migrations")
    package static let operatorTokenFile = ConfigurationKey("operator_token_file")
    package static let joinTokenFile = ConfigurationKey("join_token_file")
    package static let tlsCertificate = ConfigurationKey("tls_certificate")
    package static let tlsKey = ConfigurationKey("tls_key")
    package static let insecureListen = ConfigurationKey("insecure_listen", .flag, default: false)
    package static let secretsKeyFile = ConfigurationKey("secrets_key_file")
    package static let oidcIssuer = ConfigurationKey("oidc_issuer")
    package static let oidcAudience = ConfigurationKey("oidc_audience")
    package static let oidcKeysURL = ConfigurationKey("oidc_jwks_url")
    package static let oidcGroupsClaim = ConfigurationKey("oidc_groups_claim", default: "groups")
    package static let rateLimits = ConfigurationKey("rate_limits", .flag, default: true)
    package static let checkResponses = ConfigurationKey("check_responses", .flag, default: false)
    package static let logLevel = ConfigurationKey("log_level", default: "info")

    package static let all = [
      listen, advertiseURL, name, leaderLease, databaseURL, migrations, operatorTokenFile,
      joinTokenFile, tlsCertificate, tlsKey,
      insecureListen, secretsKeyFile, oidcIssuer, oidcAudience, oidcKeysURL, oidcGroupsClaim,
      rateLimits, checkResponses, logLevel,
    ]
  }

  private let hostName: String

  /// Reads and checks the settings; `defaultMigrations` is used when none are named, `hostName` when there is
  /// no name.
  package init(
    _ source: ConfigurationSource, defaultMigrations: String, hostName: String?
  ) throws(ValidationError) {
    guard let url = source.text(Keys.databaseURL) else {
      throw ValidationError(
        "database_url",
        "is required: a postgresql:// address, as --database-url or in "
          + Keys.databaseURL.environmentName)
    }
    databaseURL = Secret(url)
    self.hostName = hostName ?? ""
    migrationsDirectory = source.text(Keys.migrations) ?? defaultMigrations
    operatorTokenFile = source.text(Keys.operatorTokenFile)
    joinTokenFile = source.text(Keys.joinTokenFile)
    switch (source.text(Keys.tlsCertificate), source.text(Keys.tlsKey)) {
    case (let certificate?, let key?): tls = TLSFiles(certificate: certificate, key: key)
    case (nil, nil): tls = nil
    case (nil, _): throw ValidationError("tls_certificate", "must be given together with tls_key")
    case (_, nil): throw ValidationError("tls_key", "must be given together with tls_certificate")
    }
    listen = try ListenAddress(source.text(Keys.listen) ?? "", field: "listen")
    if !listen.isLoopback, tls == nil, !source.flag(Keys.insecureListen) {
      throw ValidationError(
        "listen",
        "is reachable from other machines, where tokens would travel in the clear: give "
          + "tls_certificate and tls_key, or insecure_listen if something in front does TLS")
    }
    advertiseURL = try source.text(Keys.advertiseURL).map { text throws(ValidationError) in
      try Self.checked(advertiseURL: text)
    }
    name = try source.text(Keys.name).map { text throws(ValidationError) in
      try ObjectName(text, field: "name")
    }
    leaderLease = try Self.lease(source.wholeNumber(Keys.leaderLease) ?? 0)
    secretsKeyFile = source.text(Keys.secretsKeyFile)
    switch (source.text(Keys.oidcIssuer), source.text(Keys.oidcAudience)) {
    case (let issuer?, let audience?):
      oidc = try OIDCConfiguration(
        issuer: issuer, audience: audience, jwksURL: source.text(Keys.oidcKeysURL),
        groupsClaim: source.text(Keys.oidcGroupsClaim) ?? "groups")
    case (nil, nil): oidc = nil
    case (nil, _): throw ValidationError("oidc_issuer", "must be given together with oidc_audience")
    case (_, nil): throw ValidationError("oidc_audience", "must be given together with oidc_issuer")
    }
    limitsRequests = source.flag(Keys.rateLimits)
    checksResponses = source.flag(Keys.checkResponses)
    logLevel = source.text(Keys.logLevel) ?? "info"
  }

  /// The name of a controller on this host that has none of its own: `edge-1-8480`.
  func name(port: UInt16) throws(ValidationError) -> ObjectName {
    let host = hostName.lowercased().prefix { $0 != "." && $0 != "\n" }.prefix(50)
    return try ObjectName("\(host.isEmpty ? "controller" : host)-\(port)", field: "name")
  }

  private static func checked(advertiseURL text: String) throws(ValidationError) -> String {
    let url: HTTPURL
    do {
      url = try HTTPURL(text)
    } catch {
      throw ValidationError("advertise_url", "must look like https://controller-1.example.org:8480")
    }
    guard url.pathAndQuery == "/", url.unixPath == nil, url.scheme.hasPrefix("http") else {
      throw ValidationError("advertise_url", "must be a scheme, a host and a port, and no more")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// A shorter lease than a hiccup of a busy database would be lost all the time.
  private static func lease(_ milliseconds: Int) throws(ValidationError) -> Duration {
    guard (200...60_000).contains(milliseconds) else {
      throw ValidationError("leader_lease_ms", "must be 200 to 60000")
    }
    return .milliseconds(milliseconds)
  }
}

/// Where a server listens: `IP:PORT` or `[IPv6]:PORT`.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  package let ip: String
  package let port: UInt16

  /// Parses an address; the error names `field`.
  package init(_ text: String, field: String) throws(ValidationError) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else {
      throw ValidationError(field, "must look like 127.0.0.1:8480 or [::1]:8480")
    }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
    ip = String(host)
    self.port = port
  }

  /// Whether it stands for every address of this machine, so that it tells nobody where to connect.
  package var isWildcard: Bool { ip == "0.0.0.0" || ip == "::" }

  /// Whether only this machine can connect.
  package var isLoopback: Bool {
    ip == "::1" || ip.hasPrefix("127.")
  }

  package var description: String { (ip.contains(":") ? "[\(ip)]" : ip) + ":\(port)" }
}
