import AspenClient
import AspenModel

/// Asks the controller for everything that goes into a debug bundle. What it may not see or what
/// fails is noted as missing, and the rest goes on.
struct DebugCollector {
  let client: ControllerClient

  /// Most items of one list: a bound on the bundle, some 10 MiB a kind.
  static let maxItems = 10_000
  /// Most streams that are explained; what keeps more than these down is the same.
  static let maxExplained = 100
  /// Most audit entries and log lines, the newest.
  static let maxRecent = 1_000

  /// The bundle; throws only when the controller cannot be reached at all.
  func collect() async throws(ClientError) -> DebugBundle {
    var bundle = DebugBundle()
    // Whoever does not answer this one answers nothing.
    bundle.add("version.json", "the controller's version", try await client.read("/v1/version"))
    await add("ready.json", "whether the controller is ready", "/readyz", &bundle)
    await add("session.json", "who made this bundle, and with what rights", "/v1/session", &bundle)
    var streams: [JSONValue] = []
    for kind in ResourceKind.allCases {
      let words = kind == .operation ? "operations" : "all \(kind.words)s"
      let items = await addList(
        "\(kind.plural).json", words, ControllerClient.path(of: kind), Self.maxItems, &bundle)
      if kind == .stream { streams = items }
    }
    _ = await addList(
      "audit-entries.json", "what people did lately", "/v1/audit-entries", Self.maxRecent, &bundle)
    await add(
      "logs.json", "the controller's newest log lines", "/v1/logs", &bundle,
      query: [(name: "limit", value: String(Self.maxRecent))])
    await addExplanations(of: streams, &bundle)
    return bundle
  }

  private func add(
    _ name: String, _ summary: String, _ path: String, _ bundle: inout DebugBundle,
    query: [(name: String, value: String)] = []
  ) async {
    do throws(ClientError) {
      bundle.add(name, summary, try await client.read(path, query: query))
    } catch {
      bundle.miss(name, error.description)
    }
  }

  private func addList(
    _ name: String, _ summary: String, _ path: String, _ maxItems: Int, _ bundle: inout DebugBundle
  ) async -> [JSONValue] {
    do throws(ClientError) {
      let listing = try await client.listing(path, maxItems: maxItems)
      let count = "\(listing.items.count)" + (listing.isComplete ? "" : ", there are more")
      bundle.add(name, "\(summary) (\(count))", .array(listing.items))
      return listing.items
    } catch {
      bundle.miss(name, error.description)
      return []
    }
  }

  private func addExplanations(of streams: [JSONValue], _ bundle: inout DebugBundle) async {
    let down = streams.filter { $0["status"]?["phase"]?.text != "streaming" }
      .compactMap { $0["name"]?.text }
    var explanations: [JSONValue] = []
    for name in down.prefix(Self.maxExplained) {
      do throws(ClientError) {
        explanations.append(try await client.read(.stream, name, "explain"))
      } catch {
        bundle.miss("the explanation of stream \(name)", error.description)
      }
    }
    let count = "\(explanations.count) of \(down.count)"
    bundle.add(
      "explanations.json", "why streams do not stream (\(count))", .array(explanations))
  }
}
