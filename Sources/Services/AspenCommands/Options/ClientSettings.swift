import AspenModel
import AspenRuntime

/// Which controller to ask, and with what token: from flags, environment and configuration file.
struct ClientSettings: Sendable, Hashable {
  let server: String
  let token: Secret?
  let ca: String?
  /// What the user should know of the files that were read.
  let warnings: [String]

  private static let server = ConfigurationKey("server", default: "http://127.0.0.1:8480")
  private static let token = ConfigurationKey("token", isSecret: true)
  private static let tokenFile = ConfigurationKey("token_file")
  private static let ca = ConfigurationKey("ca")

  init(_ options: ConnectionOptions, environment: [String: String]) throws(CommandError) {
    do throws(RuntimeError) {
      let file = Self.file(options, environment)
      let source = try ConfigurationSource(
        keys: [Self.server, Self.token, Self.tokenFile, Self.ca], file: file,
        environment: environment,
        flags: [
          "server": options.server.map { .text($0) }, "token": options.token.map { .text($0) },
          "token_file": options.tokenFile.map { .text($0) }, "ca": options.ca.map { .text($0) },
        ])
      var warnings: [String] = []
      if let file, source.origin(of: Self.token) == .file(path: file) {
        warnings += Self.warning(file)
      }
      if let path = Self.tokenFile(source, environment) {
        warnings += Self.warning(path)
        token = Secret(try ProtectedFile.readText(path))
      } else {
        token = source.text(Self.token).map { Secret($0) }
      }
      server = source.text(Self.server) ?? ""
      ca = source.text(Self.ca).map { Self.expanded($0, environment) }
      self.warnings = warnings
    } catch {
      throw CommandError(error)
    }
  }

  /// The configuration file: the one that is named, else the user's if there is one.
  private static func file(
    _ options: ConnectionOptions, _ environment: [String: String]
  ) -> String? {
    if let path = options.config ?? environment["ASPEN_CONFIG"] { return path }
    let directory =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].map { $0 + "/.config" }
    guard let path = directory.map({ $0 + "/aspen/config.json" }), ProtectedFile.exists(path)
    else { return nil }
    return path
  }

  /// The token file, if it was meant more than a token itself.
  private static func tokenFile(
    _ source: ConfigurationSource, _ environment: [String: String]
  ) -> String? {
    guard let path = source.text(tokenFile), let origin = source.origin(of: tokenFile) else {
      return nil
    }
    if let other = source.origin(of: token), other.precedence >= origin.precedence { return nil }
    return expanded(path, environment)
  }

  /// `~/` in a configuration file is the user's home, as in a shell.
  private static func expanded(_ path: String, _ environment: [String: String]) -> String {
    guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
    return home + path.dropFirst()
  }

  private static func warning(_ path: String) -> [String] {
    ProtectedFile.isReadableByOthers(path)
      ? ["\(path) holds a token and others can read it; run: chmod 600 \(path)"] : []
  }
}
