/// What can go wrong with a program's configuration and its files, in words for its operator.
package enum RuntimeError: Error, Sendable, Hashable {
  /// A file could not be read, written or created.
  case file(path: String, action: String, reason: String)
  /// A configuration file is not a JSON object.
  case malformedFile(path: String, reason: String)
  /// A configuration file holds a key that the program does not know.
  case unknownKey(path: String, key: String, known: [String])
  /// A value does not fit its key. `origin` says where it was given.
  case invalidValue(key: String, origin: ConfigurationOrigin, reason: String)
  /// A signal could not be set up.
  case signals(reason: String)
}

extension RuntimeError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let path, let action, let reason): "cannot \(action) \(path): \(reason)"
    case .malformedFile(let path, let reason): "\(path): \(reason)"
    case .unknownKey(let path, let key, let known):
      "\(path): unknown key '\(key)'; known are: \(known.joined(separator: ", "))"
    case .invalidValue(let key, .file(let path), let reason): "\(path): '\(key)' \(reason)"
    case .invalidValue(_, .environment(let name), let reason): "\(name) \(reason)"
    case .invalidValue(let key, _, let reason): "'\(key)' \(reason)"
    case .signals(let reason): "cannot wait for signals: \(reason)"
    }
  }
}
