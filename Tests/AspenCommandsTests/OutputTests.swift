import AspenHTTP
import AspenModel
import Testing

@testable import AspenCommands

@Suite("Output", .serialized)
struct OutputTests {
  private static let streams = """
    {"items":[
    {"kind":"stream","name":"yard","labels":{"a":"b"},"resource_version":4,"spec":{"camera":"yard"},
    "status":{"phase":"failing","message":"no answer from the camera in ten long seconds","worker":"w1"}},
    {"kind":"stream","name":"gate","labels":{},"resource_version":5,"spec":{"camera":"gate"},
    "status":{"phase":"streaming","worker":"w2"},"deletion_requested_at":"2026-09-21T13:00:00.000Z"}]}
    """
  private static let terminal = CommandTerminal(isInteractive: false, isOutput: true, columns: 60)

  private func list(
    _ options: String..., environment: [String: String] = [:], terminal: CommandTerminal = .none
  ) async throws -> String {
    var output = ""
    let answer: TestController.Answer = { _ in .json(Self.streams) }
    try await TestController.run(answer: answer) { controller in
      let outcome = await CommandOutcome.of(
        ["stream", "list"] + options,
        environment: environment.merging(["ASPEN_SERVER": controller.address]) { $1 },
        terminal: terminal)
      #expect(outcome.status == .success, "\(outcome.errors)")
      output = outcome.output
    }
    return output
  }

  @Test("names alone are a line each, and headers can be left out")
  func names() async throws {
    #expect(try await list("-o", "name") == "stream/gate\nstream/yard\n")
    let table = try await list("--no-headers")
    #expect(table.hasPrefix("gate  gate  streaming,deleting  w2"))
  }

  @Test("a template sees the list as the API sends it")
  func template() async throws {
    #expect(
      try await list("-o", #"jsonpath={range .items[*]}{.name}={.status.worker}{"\n"}{end}"#)
        == "gate=w2\nyard=w1\n")
  }

  @Test("a wide table has more columns and is not cut")
  func wide() async throws {
    let table = try await list("-o", "wide", terminal: Self.terminal)
    #expect(table.contains("no answer from the camera in ten long seconds"))
    #expect(table.split(separator: "\n")[0].hasSuffix("LABELS  VERSION"))
  }

  @Test("a table keeps to the terminal's width, and the cut is marked")
  func width() async throws {
    let table = try await list("--color", "never", terminal: Self.terminal)
    let lines = table.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 60 })
    #expect(lines.last?.hasSuffix("…") == true)
    let piped = try await list()
    #expect(piped.contains("no answer from the camera in ten long seconds"))
  }

  @Test("phases have colours on a terminal only, unless they are asked for or NO_COLOR is set")
  func colours() async throws {
    let red = "\u{1B}[31mfailing\u{1B}[0m"
    #expect(try await list(terminal: Self.terminal).contains(red))
    #expect(
      try await !list(environment: ["NO_COLOR": "1"], terminal: Self.terminal).contains("\u{1B}"))
    #expect(
      try await !list(environment: ["TERM": "dumb"], terminal: Self.terminal).contains("\u{1B}"))
    #expect(try await !list().contains("\u{1B}"))
    #expect(try await list("--color", "always").contains(red))
  }

  @Test("chosen fields are the columns, and the controller is asked for them alone")
  func fields() async throws {
    let answer: TestController.Answer = { _ in .json(Self.streams) }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen(
        "stream", "list", "--fields", "status.worker,spec.camera")
      #expect(
        outcome.output == """
          NAME  STATUS.WORKER  SPEC.CAMERA
          gate  w2             gate
          yard  w1             yard

          """)
      #expect(
        controller.received.first?.target
          == "/v1/streams?fields=name%2Cstatus.worker%2Cspec.camera&limit=500")
    }
  }

  @Test("selector, filter, order and number go to the controller, whose order stands")
  func listing() async throws {
    let answer: TestController.Answer = { _ in .json(Self.streams) }
    try await TestController.run(answer: answer) { controller in
      let outcome = await controller.aspen(
        "stream", "list", "-l", "a=b", "--filter", "spec.enabled!=true", "--sort", "-updated_at",
        "--limit", "2", "--chunk", "50", "-o", "name")
      #expect(outcome.output == "stream/yard\nstream/gate\n")
      #expect(
        controller.received.first?.target
          == "/v1/streams?selector=a%3Db&filter=spec.enabled%21%3Dtrue&sort=-updated_at&limit=2")
      #expect(controller.received.count == 1)
    }
  }
}
