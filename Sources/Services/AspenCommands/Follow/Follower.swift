import AspenClient
import AspenModel

/// Performs what `FollowState` decides, until enough changes were shown or its task is cancelled.
struct Follower {
  let session: Session
  let kind: ResourceKind
  let name: String?
  let selector: String?
  private var state: FollowState
  /// How many changes are still to be shown; nil is any number.
  private var left: Int?
  let line: FollowLine
  /// Whether changes were missed that only a list can tell.
  private var needsList = false

  init(
    session: Session, kind: ResourceKind, name: String?, selector: String?, from revision: Int64?,
    count: Int?, line: FollowLine
  ) {
    self.session = session
    self.kind = kind
    self.name = name
    self.selector = selector
    self.line = line
    state = FollowState(name: name, from: revision)
    left = count
  }

  /// Follows; throws what no new connection can mend.
  mutating func run(listsFirst: Bool) async throws {
    if let header = line.header { session.context.write(header) }
    if listsFirst { try await list(isFirst: true) }
    while left != 0 {
      do throws(ClientError) {
        if needsList {
          try await list(isFirst: false)
          needsList = false
        }
        try await watch()
      } catch {
        try await recover(error)
      }
    }
  }

  private mutating func list(isFirst: Bool) async throws(ClientError) {
    var query: [(name: String, value: String)] = []
    if let selector { query.append((name: "selector", value: selector)) }
    if let name, kind != .assignment { query.append((name: "filter", value: "name=\(name)")) }
    let listing = try await session.client.listing(
      ControllerClient.path(of: kind), query: query)
    guard let revision = listing.revision else {
      throw .unexpectedAnswer("its list of \(kind.plural) has no revision to watch from")
    }
    for output in state.listed(listing.items, at: revision, isFirst: isFirst) {
      // A list's items are where it begins, not changes that were waited for.
      if isFirst { session.context.write(line.text(output)) } else { show(output) }
    }
  }

  /// Watches until the connection ends, which throws, or enough was shown.
  private mutating func watch() async throws(ClientError) {
    let feed = try await session.client.changes(
      of: [kind], selector: selector, from: state.revision)
    var events = feed.makeAsyncIterator()
    while left != 0 {
      let event: JSONValue?
      do {
        event = try await events.next()
      } catch {
        throw error as? ClientError ?? .unreachable("\(error)")
      }
      guard let event else { throw .cancelled }
      switch state.received(event) {
      case .nothing: continue
      case .show(let output): show(output)
      case .listAgain:
        needsList = true
        return session.note(gap)
      }
    }
  }

  /// Waits before the next connection, or lists again, or gives up.
  private mutating func recover(_ error: ClientError) async throws {
    if case .problem(let problem) = error, problem.status == 410 {
      needsList = true
      return session.note(gap)
    }
    guard let reason = error.passingReason else { throw error }
    let pause = state.lost(random: .random(in: 0..<1))
    session.note(
      "\(reason); connecting again from revision \(state.revision.map(String.init) ?? "now")")
    try await Task.sleep(for: pause)
  }

  private var gap: String {
    "the changes since revision \(state.revision ?? 0) are not kept any more: listing again"
  }

  private mutating func show(_ output: FollowState.Output) {
    guard left != 0 else { return }
    session.context.write(line.text(output))
    left = left.map { $0 - 1 }
  }
}
