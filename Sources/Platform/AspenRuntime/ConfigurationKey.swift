/// One thing that can be configured.
///
/// `database_url` is the key in the file; `ASPEN_DATABASE_URL` is its environment variable.
package struct ConfigurationKey: Sendable, Hashable {
  /// What a key's value is.
  package enum Kind: String, Sendable, Hashable {
    case text = "a string"
    case wholeNumber = "a whole number"
    case decimal = "a number"
    case flag = "true or false"
  }

  package let name: String
  package let kind: Kind
  /// Printed as `***`.
  package let isSecret: Bool
  package let defaultValue: ConfigurationValue?
  /// The environment variable that sets it.
  package let environmentName: String

  /// A key; `environmentName` is `ASPEN_` and the name in capitals unless given.
  package init(
    _ name: String, _ kind: Kind = .text, default defaultValue: ConfigurationValue? = nil,
    isSecret: Bool = false, environmentName: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.isSecret = isSecret
    self.defaultValue = defaultValue
    self.environmentName = environmentName ?? "ASPEN_" + name.uppercased()
  }
}

/// A configured value.
package enum ConfigurationValue: Sendable, Hashable {
  case text(String)
  case wholeNumber(Int64)
  case decimal(Double)
  case flag(Bool)
}

extension ConfigurationValue: CustomStringConvertible, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int64) { self = .wholeNumber(value) }
  package init(floatLiteral value: Double) { self = .decimal(value) }
  package init(booleanLiteral value: Bool) { self = .flag(value) }

  package var description: String {
    switch self {
    case .text(let text): text
    case .wholeNumber(let number): String(number)
    case .decimal(let number): String(number)
    case .flag(let flag): String(flag)
    }
  }
}

/// Where a value came from; later cases win over earlier ones.
package enum ConfigurationOrigin: Sendable, Hashable, CustomStringConvertible {
  case `default`
  case file(path: String)
  case environment(name: String)
  case flag

  /// Grows with the layer: what has the higher one was meant more.
  package var precedence: Int {
    switch self {
    case .default: 0
    case .file: 1
    case .environment: 2
    case .flag: 3
    }
  }

  package var description: String {
    switch self {
    case .default: "default"
    case .file(let path): path
    case .environment(let name): name
    case .flag: "flag"
    }
  }
}
