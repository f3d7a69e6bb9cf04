package import Logging

/// One event of the log, with its fields. Secrets have a type that prints as `***`, so none is in it.
package struct LogLine: Sendable, Hashable {
  /// A name and its value as text.
  package struct Field: Sendable, Hashable {
    package let name: String
    package let value: String

    /// A field of a line.
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Microseconds since 1970-01-01T00:00:00Z.
  package let microseconds: Int64
  package let level: Logger.Level
  package let message: String
  /// In the order of names.
  package let fields: [Field]

  /// The longest text that is kept of a message or a value; what a peer sent may be in it.
  static let maxTextBytes = 4_096

  /// A line; texts that are too long are cut.
  package init(microseconds: Int64, level: Logger.Level, message: String, fields: [Field]) {
    self.microseconds = microseconds
    self.level = level
    self.message = Self.cut(message)
    self.fields = fields.map { Field($0.name, Self.cut($0.value)) }
  }

  /// The value of a field.
  package subscript(name: String) -> String? {
    fields.first { $0.name == name }?.value
  }

  /// The memory that it takes, about.
  var costBytes: Int {
    fields.reduce(message.utf8.count + 64) { $0 + $1.name.utf8.count + $1.value.utf8.count + 48 }
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > maxTextBytes else { return text }
    return String(decoding: text.utf8.prefix(maxTextBytes), as: UTF8.self) + "…"
  }
}
