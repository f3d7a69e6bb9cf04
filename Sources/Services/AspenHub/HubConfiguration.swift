/// The bounds of a `FrameHub`.
package struct HubConfiguration: Sendable {
  /// The most viewers at once; one more is closed with 1013. One costs a few KiB, and at most one
  /// frame in flight besides the shared newest ones.
  package var maxViewers = 10_000
  /// A viewer that takes no byte of a frame for this long is closed with 1013.
  package var stallTimeout: Duration = .seconds(10)
  /// How often stalled viewers are looked for.
  package var sweepInterval: Duration = .seconds(1)
  /// The newest frame of a stream is given to late joiners up to this age.
  package var keptFrameAge: Duration = .seconds(10)
  /// The least time between two demand reports of a loop; the first of a burst goes at once.
  package var demandInterval: Duration = .milliseconds(10)

  /// The bounds that suit a controller.
  package init() {}
}
