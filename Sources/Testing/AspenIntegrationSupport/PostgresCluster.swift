import AspenNet
import Foundation
import Synchronization

/// A private PostgreSQL server in a temporary directory, reached over a unix socket.
///
/// A small shell script starts and stops it on command. The script reads a pipe that ends with this
/// process, however it ends, and then stops the server and removes its directory. As root the server
/// runs as the user `postgres`, which it insists on.
package final class PostgresCluster: Sendable {
  /// Where the socket is.
  package let directory: String
  private let input: FileHandle
  private let output: FileHandle
  private let blocking: BlockingPool

  /// Makes a cluster and starts it.
  package static func start() async throws -> PostgresCluster {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh", try binaries()]
    let input = Pipe()
    let output = Pipe()
    // Other children must not hold the pipe open.
    for handle in [input.fileHandleForWriting, output.fileHandleForReading] {
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let blocking = BlockingPool(name: "cluster", maxThreads: 1)
    let handle = output.fileHandleForReading
    let answer = try await blocking.run { readLine(handle) }
    guard answer.hasPrefix("made ") else { throw ClusterError(description: answer) }
    let cluster = PostgresCluster(
      directory: String(answer.dropFirst(5)), input: input.fileHandleForWriting, output: handle,
      blocking: blocking)
    try await cluster.start()
    return cluster
  }

  private init(
    directory: String, input: FileHandle, output: FileHandle, blocking: BlockingPool
  ) {
    self.directory = directory
    self.input = input
    self.output = output
    self.blocking = blocking
  }

  deinit {
    try? input.close()
    blocking.stop()
  }

  /// The libpq URL of a database.
  package func url(database: String = "postgres") -> String {
    "postgresql://postgres@/\(database)?host=\(directory)"
  }

  /// Starts the server again; returns when it takes connections.
  package func start() async throws {
    try await command("start")
  }

  /// Stops the server and breaks all connections, at once and without warning to clients.
  package func stop() async throws {
    try await command("stop")
  }

  private func command(_ word: String) async throws {
    let (input, output) = (input, output)
    let answer = try await blocking.run {
      try input.write(contentsOf: Data((word + "\n").utf8))
      return Self.readLine(output)
    }
    guard answer == "done" else { throw ClusterError(description: "\(word): \(answer)") }
  }

  /// Reads one line, byte by byte: answers are short, and nothing may be read ahead.
  private static func readLine(_ handle: FileHandle) -> String {
    var bytes: [UInt8] = []
    while let byte = try? handle.read(upToCount: 1)?.first, byte != 0x0A { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The newest PostgreSQL of the distribution's places, or the one in `PATH`.
  private static func binaries() throws -> String {
    let versions =
      (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    let places =
      versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for place in places where FileManager.default.isExecutableFile(atPath: place + "/initdb") {
      return place
    }
    throw ClusterError(description: "PostgreSQL's initdb is not installed")
  }

  private static let script = """
    # Standard input: start, stop; its end means stop and clean up. Standard output: one answer each.
    trap : INT TERM HUP
    bin=$1
    pid=
    as=
    dir=$(mktemp -d /tmp/aspen-pg-XXXXXX) || exit 1
    if [ "$(id -u)" = 0 ]; then
      as="runuser -u postgres --"
      chown postgres "$dir"
    fi
    cd "$dir"
    clean_up() { cd /; rm -rf "$dir"; }
    stop() {
      if [ -n "$pid" ]; then
        kill -QUIT "$(head -n 1 "$dir/data/postmaster.pid")" 2>/dev/null
        wait "$pid"
      fi
      pid=
    }
    start() {
      $as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off \\
        -c max_connections=300 -c shared_buffers=32MB -c autovacuum=off -c log_min_messages=fatal \\
        </dev/null >"$dir/log" 2>&1 &
      pid=$!
      while ! "$bin/pg_isready" -q -h "$dir"; do
        if ! kill -0 "$pid" 2>/dev/null; then echo "the server ended: $(tail -n 1 "$dir/log")"; return; fi
        sleep 0.05
      done
      echo "done"
    }
    if ! $as "$bin/initdb" --no-sync -A trust -U postgres -E UTF8 --locale=C -D "$dir/data" \\
      >"$dir/log" 2>&1 </dev/null; then
      echo "initdb failed: $(tail -n 1 "$dir/log")"
      clean_up
      exit 1
    fi
    echo "made $dir"
    while read -r word; do
      case $word in
        start) start ;;
        stop) stop; echo "done" ;;
      esac
    done
    stop
    clean_up
    """
}

/// Why there is no server to test with.
package struct ClusterError: Error, CustomStringConvertible {
  package let description: String
}
