import ArgumentParser
import AspenModel

/// What `aspen wait` waits for.
enum WaitGoal: Sendable, Hashable {
  /// The phase `streaming`.
  case streaming
  /// The phase `ready`, or the condition Ready.
  case ready
  case deleted
  /// A condition by its type, whatever its case.
  case condition(type: String, status: String)
  /// A value at a path: `status.phase=failing`.
  case field(path: [String], value: String)

  /// Whether a resource fulfils it; nil is one that is not there.
  func isReached(by resource: JSONValue?) -> Bool {
    guard let resource else { return self == .deleted }
    switch self {
    case .deleted: return false
    case .streaming: return resource["status"]?["phase"]?.text == "streaming"
    case .ready:
      return resource["status"]?["phase"]?.text == "ready"
        || Self.status(of: "ready", resource) == "true"
    case .condition(let type, let status): return Self.status(of: type, resource) == status
    case .field(let path, let value):
      guard let found = Self.value(resource, at: path) else { return false }
      return found.text == value || found.text == nil && found.serializedText == value
    }
  }

  /// What it is that is waited for: `yard is not …`.
  var words: String {
    switch self {
    case .streaming: "streaming"
    case .ready: "ready"
    case .deleted: "deleted"
    case .condition(let type, let status): status == "true" ? type : "\(type)=\(status)"
    case .field(let path, let value): "at \(path.joined(separator: "."))=\(value)"
    }
  }

  private static func status(of type: String, _ resource: JSONValue) -> String? {
    resource["status"]?["conditions"]?.elements?
      .first { $0["type"]?.text?.lowercased() == type.lowercased() }?["status"]?.text
  }

  private static func value(_ resource: JSONValue, at path: [String]) -> JSONValue? {
    path.reduce(Optional(resource)) { value, name in
      if let index = Int(name), let elements = value?.elements {
        return elements.indices.contains(index) ? elements[index] : nil
      }
      return value?[name]
    }
  }
}

extension WaitGoal: ExpressibleByArgument {
  init?(argument: String) {
    let parts = argument.split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false
    ).map(String.init)
    switch (parts[0], parts.count > 1 ? parts[1] : nil) {
    case ("streaming", nil): self = .streaming
    case ("ready", nil): self = .ready
    case ("deleted", nil): self = .deleted
    case ("condition", let condition?):
      let words = condition.split(separator: "=", maxSplits: 1).map(String.init)
      guard let type = words.first else { return nil }
      self = .condition(type: type, status: words.count > 1 ? words[1].lowercased() : "true")
    case (let path, let value?):
      // As in a JSONPath: `.status.phase`, `{.status.phase}`.
      var names = path.split { ".{}".contains($0) }.map(String.init)
      // The state of an operation; no field on top changes by itself.
      if names == ["state"] { names = ["status", "state"] }
      guard names.count > 1 else { return nil }
      self = .field(path: names, value: value)
    default: return nil
    }
  }

  static var allValueStrings: [String] {
    ["streaming", "ready", "deleted", "condition=Placed", "status.phase=streaming"]
  }
}

/// The pauses between looks: short at first, for what is about to happen, then longer.
struct PollingPace: Sendable, Hashable {
  private var next: Duration = .milliseconds(100)

  private static let longest: Duration = .seconds(1)

  /// The pause before the next look.
  mutating func pause() -> Duration {
    defer { next = min(next * 3 / 2, Self.longest) }
    return next
  }
}
