import AspenNet
import Foundation
import Synchronization

/// A private PostgreSQL server in a temporary directory, reached over a unix socket.
///
/// A small shell script starts and stops it on command. The script reads a pipe that ends with this
/// process, however it ends, and then stops the server and removes its directory. As root the server
/// runs as the user `postgres`, which it insists on. PgBouncers may stand before it, and another cluster
/// may follow it as a standby.
package final class PostgresCluster: Sendable {
  /// Where the socket is.
  package let directory: String
  private let input: FileHandle
  private let output: FileHandle
  private let blocking: BlockingPool
  private let bouncers = Mutex(0)

  /// Makes a cluster and starts it, be it as a standby that follows `primary`.
  package static func start(
    following primary: PostgresCluster? = nil
  ) async throws -> PostgresCluster {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh", try binaries(), primary?.directory ?? ""]
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

  /// How a server is stopped (PostgreSQL 19.5). All break the connections.
  package enum Shutdown: String, Sendable, CaseIterable {
    /// What is committed is written, and clients are told.
    case fast = "INT"
    /// Without any care; the next start recovers from the log.
    case immediate = "QUIT"
  }

  /// Stops the server and breaks all connections at once.
  package func stop(_ shutdown: Shutdown = .immediate) async throws {
    try await command("stop \(shutdown.rawValue)")
  }

  /// Makes a standby the primary; returns when it takes writes.
  package func promote() async throws {
    try await command("promote")
  }

  /// Starts Debian's PgBouncer before the server, in transaction mode with three connections to it. Returns
  /// the part of a URL that leads there. It refuses start-up parameters that it does not know, except those
  /// named.
  package func startBouncer(ignoring parameters: [String] = []) async throws -> BouncerAddress {
    let port = bouncers.withLock { count in
      count += 1
      return 6431 + count
    }
    try await command("bouncer \(port) \(parameters.joined(separator: ","))")
    return BouncerAddress(directory: directory, port: port)
  }

  /// Where a PgBouncer is reached: a unix socket, whose number is only a part of its name.
  package struct BouncerAddress: Sendable {
    let directory: String
    let port: Int

    /// The libpq URL of a database.
    package func url(database: String = "postgres") -> String {
      "postgresql://postgres@/\(database)?host=\(directory)&port=\(port)"
    }
  }

  /// The libpq URL of a database on the one of two clusters that takes writes.
  package func url(database: String = "postgres", or other: PostgresCluster) -> String {
    "postgresql://postgres@/\(database)?host=\(directory),\(other.directory)"
      + "&target_session_attrs=read-write"
  }

  /// Runs one statement with psql; returns what it prints, without headings.
  @discardableResult
  package func execute(_ sql: String) async throws -> String {
    let result = try await ProgramProcess.run(
      try Self.binaries() + "/psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, url()])
    guard result.exitCode == 0 else { throw ClusterError(description: result.errors) }
    return result.output
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
    # Standard input: start, stop SIGNAL, promote, bouncer PORT IGNORED; its end means stop and clean up.
    # Standard output: one answer each. Arguments: PostgreSQL's programs, and for a standby the directory
    # of its primary.
    trap : INT TERM HUP
    bin=$1
    primary=$2
    pid=
    bouncers=
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
        kill "-$1" "$(head -n 1 "$dir/data/postmaster.pid")" 2>/dev/null
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
    bouncer() {
      cat >"$dir/bouncer-$1.ini" <<END
    [databases]
    * = host=$dir user=postgres
    [pgbouncer]
    unix_socket_dir = $dir
    listen_port = $1
    auth_type = any
    pool_mode = transaction
    default_pool_size = 3
    max_client_conn = 500
    server_login_retry = 1
    ignore_startup_parameters = $2
    END
      $as /usr/sbin/pgbouncer "$dir/bouncer-$1.ini" </dev/null >"$dir/bouncer-$1.log" 2>&1 &
      bouncer=$!
      bouncers="$bouncers $bouncer"
      while ! "$bin/pg_isready" -q -h "$dir" -p "$1"; do
        if ! kill -0 "$bouncer" 2>/dev/null; then
          echo "pgbouncer ended: $(tail -n 1 "$dir/bouncer-$1.log")"
          return
        fi
        sleep 0.05
      done
      echo "done"
    }
    if [ -n "$primary" ]; then
      make="$bin/pg_basebackup --no-sync -c fast -R -U postgres -h $primary -D $dir/data"
    else
      make="$bin/initdb --no-sync -A trust -U postgres -E UTF8 --locale=C -D $dir/data"
    fi
    if ! $as $make >"$dir/log" 2>&1 </dev/null; then
      echo "no cluster could be made: $(tail -n 1 "$dir/log")"
      clean_up
      exit 1
    fi
    echo "made $dir"
    while read -r word first second; do
      case $word in
        start) start ;;
        stop) stop "$first"; echo "done" ;;
        promote)
          if $as "$bin/pg_ctl" promote -w -D "$dir/data" >>"$dir/log" 2>&1 </dev/null
          then echo "done"; else tail -n 1 "$dir/log"; fi ;;
        bouncer) bouncer "$first" "$second" ;;
      esac
    done
    for bouncer in $bouncers; do
      kill -TERM "$bouncer" 2>/dev/null
      wait "$bouncer"
    done
    stop QUIT
    clean_up
    """
}

/// Why there is no server to test with.
package struct ClusterError: Error, CustomStringConvertible {
  package let description: String
}
