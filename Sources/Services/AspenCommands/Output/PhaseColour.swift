/// The colour of a phase on a terminal: what runs is green, what is on its way yellow, what is wrong
/// red.
enum PhaseColour: String, Sendable, Hashable {
  case green = "32"
  case yellow = "33"
  case red = "31"

  /// The colour of a phase or state; nil for words that are none. Only the first word counts:
  /// `ready,cordoned`.
  init?(phase: String) {
    switch phase.prefix(while: { $0 != "," && $0 != " " }) {
    case "streaming", "ready", "succeeded", "true": self = .green
    case "failing", "lost", "failed", "unassigned", "false": self = .red
    case "connecting", "expected", "pending", "running", "unknown", "draining", "deleting",
      "cancelled":
      self = .yellow
    default: return nil
    }
  }

  /// The text in the colour (ECMA-48 SGR).
  func paint(_ text: String) -> String {
    "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
  }
}
