package import AspenModel

/// Which streams a viewer means.
package enum StreamSelection: Sendable, Hashable {
  /// These, as far as they exist.
  case names([String])
  /// This one; never another that later has its name.
  case id(Int64)
  /// All that have such labels, now and later.
  case selector(LabelSelector)
}

/// What a viewer gets.
package struct ViewerSubscription: Sendable {
  /// How frames are sent.
  package enum Mode: Sendable, Hashable {
    /// A text message names the streams; each binary message is a whole frame message.
    case header
    /// Each binary message is one bare JPEG.
    case plain
  }

  package let selection: StreamSelection
  /// The cameras whose streams the viewer may watch, any of these; nil is all.
  package let scopes: [LabelSelector]?
  package let mode: Mode
  /// The most frames a second of each stream, above zero; nil is all.
  package let framesPerSecond: Double?
  /// The width that workers are asked for. The hub does not scale: the widest demand wins.
  package let width: Int?

  /// A subscription of its parts.
  package init(
    selection: StreamSelection, scopes: [LabelSelector]? = nil, mode: Mode,
    framesPerSecond: Double? = nil, width: Int? = nil
  ) {
    self.selection = selection
    self.scopes = scopes
    self.mode = mode
    self.framesPerSecond = framesPerSecond
    self.width = width
  }

  /// What the viewer asks of each of its streams.
  var demand: FrameDemand { FrameDemand(framesPerSecond: framesPerSecond, width: width) }
}
