import ArgumentParser
import AspenClient
import AspenModel

/// Names for the shell to complete. A key that is pressed must not print errors or hang: without an
/// answer there are no names.
enum NameCompletion {
  /// The names of a kind at the controller that the line so far means.
  static func names(of plural: String, _ words: [String], _ prefix: String) async -> [String] {
    guard let context = CommandContext.current,
      let options = try? ConnectionOptions.parse(connectionWords(words)),
      let settings = try? ClientSettings(options, environment: context.environment)
    else { return [] }
    var names: [String] = []
    try? await Session.withClient(of: settings, timeout: context.completionTimeout) { client in
      var request = ClientRequest("GET", "/v1/\(plural)")
      request.query = [
        (name: "fields", value: "name"),
        (name: "limit", value: String(ControllerClient.maxPageItems)),
      ]
      request.mayRepeat = false
      let items = try await client.send(request).body?["items"]?.elements ?? []
      names = items.map { ResourceDocument($0).name }
    }
    return names.filter { $0.hasPrefix(prefix) && !words.contains($0) }.sorted()
  }

  /// The contexts of the configuration file.
  static func contexts(_ words: [String], _ prefix: String) -> [String] {
    guard let context = CommandContext.current,
      let options = try? ConnectionOptions.parse(connectionWords(words)),
      let configuration = try? ClientConfigurationFile(
        flag: options.config, environment: context.environment
      ).load()
    else { return [] }
    return configuration.contexts.keys.filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// The options about the connection, out of all words of the line.
  static func connectionWords(_ words: [String]) -> [String] {
    let names = ["--server", "--token", "--token-file", "--ca", "--config", "--context"]
    var result: [String] = []
    for (index, word) in words.enumerated() {
      if names.contains(word), index + 1 < words.count, !words[index + 1].isEmpty {
        result += [word, words[index + 1]]
      } else if names.contains(where: { word.hasPrefix($0 + "=") && word.count > $0.count + 1 }) {
        result.append(word)
      }
    }
    return result
  }
}

extension CompletionKind {
  /// Names of a kind, by the segment of its path: `cameras`.
  static func names(of plural: String) -> CompletionKind {
    .custom { words, _, prefix in await NameCompletion.names(of: plural, words, prefix) }
  }

  /// Names of contexts.
  static var contexts: CompletionKind {
    .custom { words, _, prefix in NameCompletion.contexts(words, prefix) }
  }
}
