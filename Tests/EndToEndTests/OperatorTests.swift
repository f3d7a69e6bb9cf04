import AspenIntegrationSupport
import AspenModel
import AspenTestSupport
import Foundation
import Testing

/// An operator's day with `aspen` and nothing else, on a running system with a real camera.
@Suite("An operator on the command line", .serialized)
struct OperatorTests {
  @Test("documents are compared, planned, applied, waited for, explained, traced and taken back")
  func documents() async throws {
    try await withSystem { system, camera in
      let aspen = Aspen(system)
      try await system.startWorker("w1")
      let file = try system.directory.write(
        """
        kind: camera
        name: yard
        labels: {site: home}
        spec: {address: "\(camera.address("h264"))", username: \(Yard.user), password: "\(Yard.password)"}
        ---
        kind: stream
        name: yard
        spec: {camera: yard, max_fps: 5}
        """, to: "cameras.yaml")

      let difference = try await aspen.run("diff -f \(file)", status: 1)
      #expect(difference.output == "+ camera/yard\n+ stream/yard\n")
      let plan = try await aspen.run("plan -f \(file)").output
      #expect(plan.split(separator: "\n").contains { $0.contains("yard") && $0.contains("w1") })
      #expect(
        try await aspen.run("apply -f \(file) --dry-run").output.contains(
          "camera/yard created (dry"))
      _ = try await aspen.run("camera get yard", status: 5)

      #expect(
        try await aspen.run("apply -f \(file)").output
          == "camera/yard created\nstream/yard created\n")
      #expect(
        try await aspen.run("apply -f \(file)").output
          == "camera/yard unchanged\nstream/yard unchanged\n")
      #expect(try await aspen.run("diff -f \(file)").output == "")
      let secret = try system.directory.write(
        String(contentsOfFile: file, encoding: .utf8).replacing(Yard.password, with: "other"),
        to: "other.yaml")
      #expect(try await aspen.run("diff -f \(secret)", status: 1).output.contains("~ camera/yard"))
      let broken = try system.directory.write(
        "{kind: site, name: new, spec: {}}\n---\n{kind: stream, name: x, spec: {camera: none}}\n",
        to: "broken.yaml")
      let refused = try await aspen.run("apply -f \(broken)", status: 1)
      #expect(refused.errors.contains("broken.yaml") && refused.errors.contains("spec.camera"))
      _ = try await aspen.run("site get new", status: 5)

      _ = try await aspen.run("wait camera yard --for=streaming")
      let why = try await aspen.run("explain camera yard").output
      #expect(why.contains("w1 (here)") && why.contains("streaming"))
      #expect(try await aspen.run("explain worker w1").output.contains("would run nowhere"))
      let top = try await aspen.run("top streams").output
      #expect(top.split(separator: "\n").contains { $0.hasPrefix("yard ") && $0.contains("w1") })

      _ = try await aspen.run("camera update yard --labels site=work --transport udp")
      let history = try await aspen.run("history camera yard").output
      #expect(history.contains("labels.site: \"home\" → \"work\""), "\(history)")
      #expect(history.contains("by token operator") && !history.contains(Yard.password))
      let back = try await aspen.run("revert camera yard --to 1 --yes").output
      #expect(back.contains("camera yard reverted to generation 1"))
      let labels = try await aspen.run("camera get yard -o jsonpath={.labels.site}").output
      #expect(labels == "home")
      _ = try await aspen.run("wait camera yard --for=streaming")
    }
  }

  @Test("what happens is followed, found in the log and bundled without a secret")
  func watching() async throws {
    try await withSystem { system, camera in
      let aspen = Aspen(system)
      try await system.startWorker("w1")
      try await system.addYard(camera)
      let watch = try ProgramProcess(
        "aspen", ["watch", "cameras", "--count", "2"], environment: aspen.environment)
      _ = try await watch.line(containing: "listed   yard")
      _ = try await aspen.run("camera update yard --labels site=home")
      let change = try await watch.line(containing: "updated")
      #expect(change.contains("site") && change.contains("home"), "\(change)")
      _ = try await aspen.run("camera add gate rtsp://127.0.0.1:9/x --no-stream")
      #expect(try await watch.line(containing: "created").contains("gate"))
      try await waitUntil("the watch to end after two changes") { !watch.isRunning }

      let refused = try await system.post("/v1/sites", #"{"name":"No"}"#)
      let id = try #require(refused.json["request_id"]?.text)
      #expect(try await aspen.run("logs --request-id \(id)").output.contains("request refused"))
      #expect(!(try await aspen.run("logs").output.contains("request refused")))

      let bundle = system.directory.file("bundle.tar")
      let told = try await aspen.run("debug bundle -f \(bundle)").output
      #expect(told.contains("cameras.json: all cameras (2)"), "\(told)")
      #expect(!told.contains("It lacks"), "\(told)")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: bundle))
      #expect(bytes.range(of: Data("127.0.0.1:\(camera.port)".utf8)) != nil)
      for secret in try Self.secrets(of: system) {
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "the bundle has \(secret)")
      }
      let mode = try FileManager.default.attributesOfItem(atPath: bundle)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
  }

  @Test("of two who edit the same camera the second is told, and loses neither text nor change")
  func conflict() async throws {
    try await withSystem { system, _ in
      let aspen = Aspen(system)
      _ = try await aspen.run("camera add yard rtsp://10.0.0.7/x --no-stream --labels who=nobody")
      // While this editor is open, somebody else is faster.
      let editor = try system.directory.write(
        """
        #!/bin/sh
        set -e
        \(Aspen.program) camera update yard --labels who=ann
        sed -i s/nobody/bob/ "$1"
        """, to: "editor.sh")
      let mine = try await aspen.run(
        "camera edit yard", status: 1,
        environment: ["EDITOR": "sh \(editor)", "TMPDIR": system.directory.path])
      #expect(mine.errors.contains("somebody else changed it in between"), "\(mine.errors)")
      #expect(mine.errors.contains("aspen history camera yard"), "\(mine.errors)")
      let kept = try #require(
        mine.errors.split(separator: "\n").first { $0.contains("your text is kept in ") })
      let path = try #require(kept.split(separator: " ").last)
      #expect(try String(contentsOfFile: String(path), encoding: .utf8).contains(#""who": "bob""#))
      #expect(try await aspen.run("camera get yard -o jsonpath={.labels.who}").output == "ann")
      #expect(try await aspen.run("history camera yard").output.contains("\"nobody\" → \"ann\""))
    }
  }

  @Test("a worker is cordoned and drained, and what then has no place says what to do")
  func workers() async throws {
    try await withSystem { system, _ in
      let aspen = Aspen(system)
      try await system.startWorker("w1")
      _ = try await aspen.run("camera add yard rtsp://127.0.0.1:9/x")
      _ = try await aspen.run("wait stream yard --for=condition=Placed")
      try await system.startWorker("w2")
      #expect(try await aspen.run("drain w1 --wait").output == "worker w1 drained\n")
      let worker = try await aspen.run("assignment get yard -o jsonpath={.worker}").output
      #expect(worker == "w2")

      _ = try await aspen.run("cordon w2")
      #expect(try await aspen.run("worker list").output.contains("ready,cordoned"))
      _ = try await aspen.run("camera add gate rtsp://127.0.0.1:9/x")
      _ = try await aspen.run("wait stream gate --for=status.phase=unassigned")
      let why = try await aspen.run("explain stream gate").output
      #expect(why.contains("next: let a worker take streams again: aspen uncordon w"), "\(why)")
      _ = try await aspen.run("uncordon w1 w2")
      _ = try await aspen.run("wait stream gate --for=condition=Placed")
    }
  }

  @Test("the shell completes names that only the controller knows")
  func completion() async throws {
    try await withSystem { system, _ in
      let aspen = Aspen(system)
      _ = try await aspen.run("camera add yard rtsp://10.0.0.7/x --no-stream")
      _ = try await aspen.run("camera add gate rtsp://10.0.0.7/x --no-stream")
      let script = """
        source <(aspen completion bash)
        COMP_WORDS=(aspen camera get y) COMP_CWORD=3 COMP_LINE='aspen camera get y' COMP_POINT=18
        $(complete -p aspen | sed 's/.*-F \\([^ ]*\\).*/\\1/') aspen y get
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      var environment = aspen.environment
      let programs = URL(fileURLWithPath: Aspen.program).deletingLastPathComponent().path
      environment["PATH"] = programs + ":/usr/bin:/bin"
      let completed = try await ProgramProcess.run(
        "/bin/bash", ["-c", script], environment: environment)
      #expect(completed.output.split(separator: "\n") == ["yard"], "\(completed)")
    }
  }

  /// What must not leave the house.
  private static func secrets(of system: AspenSystem) throws -> [String] {
    let files = ["operator-token", "join-token", "secrets-key"]
    let lines = try files.flatMap { name in
      try String(contentsOfFile: system.directory.file(name), encoding: .utf8)
        .split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }
    return lines + [Yard.password, "s3cr%40t"]
  }
}

/// `aspen` with the server and the token of a system.
private struct Aspen {
  static let program = ProgramProcess.path(of: "aspen")
  let environment: [String: String]

  init(_ system: AspenSystem) {
    environment = [
      "ASPEN_SERVER": system.address, "ASPEN_TOKEN": system.token, "HOME": system.directory.path,
    ]
  }

  /// Runs a line that must end with `status`.
  func run(
    _ line: String, status: Int32 = 0, environment more: [String: String] = [:]
  ) async throws -> ProgramProcess.Result {
    let result = try await ProgramProcess.run(
      "aspen", line.split(separator: " ").map(String.init),
      environment: environment.merging(more) { $1 })
    #expect(result.exitCode == status, "\(line): \(result.output)\(result.errors)")
    return result
  }
}
