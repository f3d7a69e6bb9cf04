import FoundationEssentials

/// A program's configuration: defaults, then a JSON file, then the environment, then flags; the
/// later wins, key by key.
///
/// The file is one flat JSON object. A key in it that is not among `keys` is an error, and so is a
/// value of another kind than its key's. Printing it shows every key, its value and its origin,
/// secrets as `***`.
///
/// ```
/// let listen = ConfigurationKey("listen", default: "127.0.0.1:8480")
/// let source = try ConfigurationSource(
///   keys: [listen], file: path, environment: ProcessInfo.processInfo.environment,
///   flags: ["listen": options.listen.map { .text($0) }])
/// let address = source.text(listen)
/// ```
package struct ConfigurationSource: Sendable {
  private struct Entry {
    let value: ConfigurationValue
    let origin: ConfigurationOrigin
  }

  private let keys: [ConfigurationKey]
  private var entries: [String: Entry] = [:]

  /// The most bytes of a configuration file: far above a real one, far below a mistaken path.
  package static let maxFileBytes = 1024 * 1024

  /// Merges the layers. `file` must exist when given; a flag whose value is nil was not given.
  package init(
    keys: [ConfigurationKey], file: String? = nil, environment: [String: String] = [:],
    flags: [String: ConfigurationValue?] = [:]
  ) throws(RuntimeError) {
    self.keys = keys
    for key in keys {
      if let value = key.defaultValue { entries[key.name] = Entry(value: value, origin: .default) }
    }
    if let file { try read(file: file) }
    for key in keys {
      if let text = environment[key.environmentName] {
        try set(key, Self.parse(text, as: key.kind), .environment(name: key.environmentName))
      }
    }
    for (name, value) in flags {
      guard let value else { continue }
      guard let key = keys.first(where: { $0.name == name }) else {
        preconditionFailure("the flag '\(name)' has no configuration key")
      }
      try set(key, value, .flag)
    }
  }

  /// The value of a key of text; nil when nothing sets it.
  package func text(_ key: ConfigurationKey) -> String? {
    if case .text(let text) = entries[key.name]?.value { text } else { nil }
  }

  /// The value of a key of whole numbers; nil when nothing sets it.
  package func wholeNumber(_ key: ConfigurationKey) -> Int? {
    if case .wholeNumber(let number) = entries[key.name]?.value { Int(number) } else { nil }
  }

  /// The value of a key of numbers; nil when nothing sets it.
  package func decimal(_ key: ConfigurationKey) -> Double? {
    if case .decimal(let number) = entries[key.name]?.value { number } else { nil }
  }

  /// The value of a switch; false when nothing sets it.
  package func flag(_ key: ConfigurationKey) -> Bool {
    entries[key.name]?.value == .flag(true)
  }

  /// Where the value of a key came from; nil when nothing sets it.
  package func origin(of key: ConfigurationKey) -> ConfigurationOrigin? {
    entries[key.name]?.origin
  }

  private mutating func read(file path: String) throws(RuntimeError) {
    let bytes = try ProtectedFile.read(path, maxBytes: Self.maxFileBytes)
    let values: [String: FileValue]
    do {
      values = try JSONDecoder().decode([String: FileValue].self, from: Data(bytes))
    } catch {
      throw .malformedFile(path: path, reason: "is not a JSON object of settings")
    }
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let key = keys.first(where: { $0.name == name }) else {
        throw .unknownKey(path: path, key: name, known: keys.map(\.name))
      }
      try set(key, value.value, .file(path: path))
    }
  }

  private mutating func set(
    _ key: ConfigurationKey, _ value: ConfigurationValue?, _ origin: ConfigurationOrigin
  ) throws(RuntimeError) {
    guard let value = value.flatMap({ Self.convert($0, to: key.kind) }) else {
      throw .invalidValue(key: key.name, origin: origin, reason: "must be \(key.kind.rawValue)")
    }
    entries[key.name] = Entry(value: value, origin: origin)
  }

  /// The value as its key wants it: a whole number is a number too.
  private static func convert(
    _ value: ConfigurationValue, to kind: ConfigurationKey.Kind
  ) -> ConfigurationValue? {
    switch (value, kind) {
    case (.text, .text), (.wholeNumber, .wholeNumber), (.decimal, .decimal), (.flag, .flag): value
    case (.wholeNumber(let number), .decimal): .decimal(Double(number))
    default: nil
    }
  }

  private static func parse(
    _ text: String, as kind: ConfigurationKey.Kind
  ) -> ConfigurationValue? {
    switch kind {
    case .text: return .text(text)
    case .wholeNumber: return Int64(text).map { .wholeNumber($0) }
    case .decimal: return Double(text).flatMap { $0.isFinite ? .decimal($0) : nil }
    case .flag:
      switch text.lowercased() {
      case "1", "true", "yes", "on": return .flag(true)
      case "0", "false", "no", "off", "": return .flag(false)
      default: return nil
      }
    }
  }

  /// A value of the file; nil is one that no key takes.
  private struct FileValue: Decodable {
    let value: ConfigurationValue?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        value = .flag(flag)
      } else if let number = try? container.decode(Int64.self) {
        value = .wholeNumber(number)
      } else if let number = try? container.decode(Double.self) {
        value = .decimal(number)
      } else {
        value = (try? container.decode(String.self)).map { .text($0) }
      }
    }
  }
}

extension ConfigurationSource: CustomStringConvertible {
  /// A line for each key that is set: `name = value (origin)`.
  package var description: String {
    keys.compactMap { key in
      entries[key.name].map { entry in
        "\(key.name) = \(key.isSecret ? "***" : entry.value.description) (\(entry.origin))"
      }
    }.joined(separator: "\n")
  }
}
