import AspenModel
package import AspenRuntime

extension WorkerConfiguration {
  /// The settings of `aspen-worker`, as named in its file; the flags and variables follow.
  package enum Keys {
    package static let controller = ConfigurationKey(
      "controller", default: "http://127.0.0.1:8480")
    package static let name = ConfigurationKey("name", environmentName: "ASPEN_WORKER_NAME")
    package static let labels = ConfigurationKey("labels", default: "")
    package static let capacity = ConfigurationKey("capacity", .wholeNumber, default: 20)
    package static let joinToken = ConfigurationKey("join_token", isSecret: true)
    package static let joinTokenFile = ConfigurationKey("join_token_file")
    package static let stateDirectory = ConfigurationKey(
      "state_dir", default: "aspen-worker-state")
    package static let mediaDirectory = ConfigurationKey("media_dir", default: "media")
    package static let certificateAuthority = ConfigurationKey("ca")
    package static let logLevel = ConfigurationKey("log_level", default: "info")

    /// All of them.
    package static let all = [
      controller, name, labels, capacity, joinToken, joinTokenFile, stateDirectory,
      mediaDirectory, certificateAuthority, logLevel,
    ]
  }

  /// Reads the settings and the join token's file, which blocks. `hostName` is the worker's name unless
  /// another is given.
  package init(_ source: ConfigurationSource, hostName: String?) throws(WorkerError) {
    let token: String?
    do {
      token =
        if let text = source.text(Keys.joinToken) {
          text
        } else if let path = source.text(Keys.joinTokenFile), ProtectedFile.exists(path) {
          // A worker that has joined needs no token, so the file may be gone.
          try ProtectedFile.readText(path)
        } else {
          nil
        }
    } catch {
      throw .configuration(field: Keys.joinTokenFile.name, reason: "\(error)")
    }
    let name: ObjectName
    let labels: Labels
    do {
      name = try ObjectName(source.text(Keys.name) ?? Self.name(fromHost: hostName), field: "name")
      labels = try Labels(parsing: source.text(Keys.labels) ?? "", field: "labels")
    } catch {
      throw .configuration(field: error.violations[0].field, reason: error.violations[0].reason)
    }
    try self.init(
      controllers: ControllerAddress.list(source.text(Keys.controller) ?? ""), name: name,
      labels: labels,
      capacityStreams: source.wholeNumber(Keys.capacity) ?? 0,
      stateDirectory: source.text(Keys.stateDirectory) ?? "",
      mediaDirectory: source.text(Keys.mediaDirectory) ?? "", joinToken: token.map { Secret($0) },
      certificateAuthorityFile: source.text(Keys.certificateAuthority))
  }

  /// What a name may hold of a host's name.
  private static func name(fromHost host: String?) -> String {
    String((host ?? "").lowercased().prefix(63))
  }
}
