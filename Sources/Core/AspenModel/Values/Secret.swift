/// A text that prints as `***`: passwords, tokens, keys.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The text itself, for the one place that must send or compare it.
  package let revealed: String

  /// Wraps a text that must not be printed.
  package init(_ text: String) {
    revealed = text
  }

  package var description: String { "***" }
  package var debugDescription: String { "***" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
