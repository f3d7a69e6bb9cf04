import AspenModel

/// What somebody who helps needs to know of a cluster, without its secrets.
struct DebugBundle: Sendable {
  /// One file of the archive.
  struct File: Sendable, Hashable {
    let name: String
    let summary: String
    let json: JSONValue
  }

  /// What could not be read, and why.
  struct Gap: Sendable, Hashable {
    let name: String
    let reason: String
  }

  private(set) var files: [File] = []
  private(set) var gaps: [Gap] = []

  /// Adds a document without its secrets. A list says how much of it there is.
  mutating func add(_ name: String, _ summary: String, _ json: JSONValue) {
    files.append(File(name: name, summary: summary, json: Redaction.redacted(json)))
  }

  /// Notes what is missing.
  mutating func miss(_ name: String, _ reason: String) {
    gaps.append(Gap(name: name, reason: Redaction.cleaned(reason)))
  }

  /// What the bundle has and has not, for whoever sends it and whoever gets it.
  func contents(server: String, client: String, at time: Timestamp) -> String {
    var lines = [
      "ASPEN debug bundle of \(Redaction.cleaned(server))",
      "made \(time.text) by aspen \(client)", "",
      "It contains:",
    ]
    lines += files.map { "  \($0.name): \($0.summary)" }
    if !gaps.isEmpty {
      lines += ["", "It lacks, because it could not be read:"]
      lines += gaps.map { "  \($0.name): \($0.reason)" }
    }
    lines += [
      "",
      "It does not contain: passwords, tokens, keys and cookies (shown as ***), user and password "
        + "in addresses, pictures, the database, files of the machines. Names, labels, "
        + "annotations, addresses of cameras and what people did are in it: read it before you "
        + "send it on.",
    ]
    return lines.map { TerminalText.line($0) + "\n" }.joined()
  }

  /// The archive's bytes; `readme` comes first.
  func archive(readme: String, at time: Timestamp) -> [UInt8] {
    var archive = TarArchive(seconds: time.microseconds / 1_000_000)
    archive.add("README.txt", Array(readme.utf8))
    for file in files { archive.add(file.name, Array((file.json.prettyPrinted + "\n").utf8)) }
    return archive.finished
  }
}
