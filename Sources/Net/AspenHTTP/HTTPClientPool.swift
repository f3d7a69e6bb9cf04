import Synchronization

/// Which server: connections to the same origin can be used for one another's requests.
struct HTTPOrigin: Hashable, Sendable {
  let isTLS: Bool
  let host: String
  let port: UInt16
  let unixPath: String?

  init(_ url: HTTPURL) {
    isTLS = url.isTLS
    host = url.host
    port = url.port
    unixPath = url.unixPath
  }
}

/// The idle connections of a client, and how many there are to each origin.
final class HTTPClientPool: Sendable {
  private struct Origin {
    var idle: [HTTPClientConnection] = []
    var open = 0
  }

  private struct Contents {
    var origins: [HTTPOrigin: Origin] = [:]
    var isClosed = false
  }

  private let contents = Mutex(Contents())
  private let maxPerOrigin: Int
  private let maxIdlePerOrigin: Int

  init(maxPerOrigin: Int, maxIdlePerOrigin: Int) {
    self.maxPerOrigin = maxPerOrigin
    self.maxIdlePerOrigin = maxIdlePerOrigin
  }

  /// The idle connection that was used last.
  func take(_ origin: HTTPOrigin) -> HTTPClientConnection? {
    contents.withLock { $0.origins[origin]?.idle.popLast() }
  }

  /// Counts a connection that is about to be opened; false when there are enough.
  func reserve(_ origin: HTTPOrigin) -> Bool {
    contents.withLock { contents in
      guard !contents.isClosed, contents.origins[origin, default: Origin()].open < maxPerOrigin
      else { return false }
      contents.origins[origin, default: Origin()].open += 1
      return true
    }
  }

  /// A reserved connection is closed, or was never opened.
  func release(_ origin: HTTPOrigin) {
    contents.withLock { contents in
      guard var entry = contents.origins[origin] else { return }
      entry.open -= 1
      contents.origins[origin] = entry.open == 0 ? nil : entry
    }
  }

  /// Keeps an idle connection; false when there are enough of them.
  func put(_ connection: HTTPClientConnection) -> Bool {
    contents.withLock { contents in
      guard !contents.isClosed,
        contents.origins[connection.origin]?.idle.count ?? maxIdlePerOrigin < maxIdlePerOrigin
      else { return false }
      contents.origins[connection.origin]?.idle.append(connection)
      return true
    }
  }

  /// Whether the connection was idle; it is not any more.
  func remove(_ connection: HTTPClientConnection) -> Bool {
    contents.withLock { contents in
      guard
        let index = contents.origins[connection.origin]?.idle.firstIndex(where: {
          $0 === connection
        })
      else { return false }
      contents.origins[connection.origin]?.idle.remove(at: index)
      return true
    }
  }

  /// Refuses new connections and returns the idle ones.
  func close() -> [HTTPClientConnection] {
    contents.withLock { contents in
      contents.isClosed = true
      let idle = contents.origins.values.flatMap(\.idle)
      for origin in contents.origins.keys { contents.origins[origin]?.idle = [] }
      return idle
    }
  }
}
