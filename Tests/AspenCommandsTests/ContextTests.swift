import ArgumentParser
import AspenClient
import AspenHTTP
import AspenModel
import AspenRuntime
import AspenTestSupport
import Foundation
import Testing

@testable import AspenCommands

@Suite("Contexts and login", .serialized)
struct ContextTests {
  private static let who =
    #"{"subject":{"kind":"user","name":"anna"},"grants":[{"role":"operator","selector":"site=yard"}]}"#

  /// A controller that knows anna, her password and her session.
  private static let signingIn: TestController.Answer = { request in
    switch (request.method, request.target) {
    case ("POST", "/v1/session"):
      let body = try? JSONValue(parsing: request.body)
      guard body == ["password": "pa ss", "username": "anna"] else {
        return .problem(status: 401, detail: "user or password is wrong")
      }
      return .json(who, status: 201)
        .with("Set-Cookie", "aspen_session=s3cret; Path=/; HttpOnly; SameSite=Strict")
    case ("GET", "/v1/session"):
      let isKnown =
        request.headers["Cookie"] == "aspen_session=s3cret"
        || request.headers["Authorization"] == "Bearer aspen_op_1"
      return isKnown ? .json(who) : .problem(status: 401, detail: "no")
    case ("DELETE", "/v1/session"):
      return HTTPResponse(status: 204)
    default:
      return .json(#"{"items":[]}"#)
    }
  }

  private func aspen(
    _ home: TemporaryDirectory, _ arguments: String..., input: String? = nil,
    environment: [String: String] = [:], terminal: CommandTerminal = .none
  ) async -> CommandOutcome {
    await CommandOutcome.of(
      arguments,
      environment: ["HOME": home.path].merging(environment) { _, new in new }, input: input,
      terminal: terminal)
  }

  private func file(_ home: TemporaryDirectory) throws -> JSONValue {
    try JSONValue(parsing: ProtectedFile.read(home.file(".config/aspen/config.json")))
  }

  @Test("a login asks for user and password, keeps the session and uses it with its origin")
  func session() async throws {
    let home = try TemporaryDirectory()
    try await TestController.run(answer: Self.signingIn) { controller in
      let asked = Collected<[String]>()
      let terminal = CommandTerminal(
        isInteractive: true, isOutput: false,
        ask: { prompt in
          asked.append(prompt)
          return "anna"
        },
        askSecret: { prompt in
          asked.append(prompt)
          return Secret("pa ss")
        })
      let login = await aspen(home, "login", controller.address + "/", terminal: terminal)
      #expect(login.errors.isEmpty)
      #expect(asked.value == ["User: ", "Password: "])
      let name = controller.address.dropFirst("http://".count)
      #expect(
        login.output
          == "signed in to \(controller.address) as user anna; the context is '\(name)'\n")
      #expect(!ProtectedFile.isReadableByOthers(home.file(".config/aspen/config.json")))
      #expect(await aspen(home, "site", "list").status == .success)
      let last = try #require(controller.received.last)
      #expect(last.headers["Cookie"] == "aspen_session=s3cret")
      #expect(last.headers["Origin"] == controller.address)
      #expect(last.authorization == nil)
      let shown = await aspen(home, "context", "show", "-o", "json")
      #expect(shown.output.contains("session of anna") && !shown.output.contains("s3cret"))
      let who = await aspen(home, "whoami")
      #expect(who.output.contains("user anna") && who.output.contains("cameras with site=yard"))
    }
  }

  @Test("a wrong password is told and keeps nothing")
  func wrongPassword() async throws {
    let home = try TemporaryDirectory()
    try await TestController.run(answer: Self.signingIn) { controller in
      let login = await aspen(
        home, "login", controller.address, "--username", "anna", "--password-stdin",
        input: "wrong")
      #expect(login.status == .unauthorized)
      #expect(login.errors.hasPrefix("aspen: user or password is wrong\n"))
      #expect(!ProtectedFile.exists(home.file(".config/aspen/config.json")))
    }
  }

  @Test("a token from standard input makes a context; a logout forgets it and leaves the rest")
  func token() async throws {
    let home = try TemporaryDirectory()
    try await TestController.run(answer: Self.signingIn) { controller in
      let login = await aspen(
        home, "login", controller.address, "--token-stdin", "--context", "yard",
        input: "aspen_op_1")
      #expect(login.status == .success, "\(login.errors)")
      let stored1 = try file(home)
      #expect(stored1["contexts"]?["yard"]?["token"] == "aspen_op_1")
      let logout = await aspen(home, "logout")
      #expect(logout.output.contains("the token itself stays valid"))
      let stored2 = try file(home)
      #expect(stored2["contexts"] == ["yard": ["server": .string(controller.address)]])
    }
  }

  @Test("a logout ends the session at the controller, and forgets it when that is away")
  func logout() async throws {
    let home = try TemporaryDirectory()
    try await TestController.run(answer: Self.signingIn) { controller in
      for _ in 0..<2 {
        _ = await aspen(
          home, "login", controller.address, "--username", "anna", "--password-stdin",
          "--context", "yard", input: "pa ss")
        let logout = await aspen(home, "logout", "--context", "yard")
        #expect(logout.output == "signed out of 'yard'\n")
        #expect(controller.received.last?.method == "DELETE")
      }
      let stored3 = try file(home)
      #expect(stored3["contexts"]?["yard"]?["session"] == nil)
    }
    let away = await aspen(
      home, "logout",
      environment: ["ASPEN_CONTEXT": "none"])
    #expect(away.status == .usage)
  }

  @Test("contexts are listed, chosen and deleted")
  func choosing() async throws {
    let home = try TemporaryDirectory()
    let path = home.file(".config/aspen/config.json")
    try ProtectedFile.makeDirectory(home.file(".config/aspen"))
    try ProtectedFile.write(
      Array(
        #"{"current_context":"a","contexts":{"a":{"server":"http://a","token":"t"},"b":{"server":"http://b"}}}"#
          .utf8), to: path)
    let list = await aspen(home, "context", "list")
    #expect(
      list.output == """
        NAME  CURRENT  SERVER    CREDENTIAL
        a     *        http://a  token
        b              http://b  none

        """)
    #expect(await aspen(home, "context", "use", "b").output == "the context is 'b': http://b\n")
    let stored4 = try file(home)
    #expect(stored4["current_context"] == "b")
    let unknown = await aspen(home, "context", "use", "c")
    #expect(unknown.status == .usage)
    #expect(unknown.errors.hasPrefix("aspen: there is no context 'c'; known are: a, b\n"))
    #expect(await aspen(home, "context", "delete", "b").status == .success)
    let stored5 = try file(home)
    #expect(stored5["current_context"] == nil)
  }

  private func settings(
    _ home: TemporaryDirectory, _ arguments: [String] = [], _ environment: [String: String] = [:]
  ) throws -> ClientSettings {
    try ClientSettings(
      ConnectionOptions.parse(arguments),
      environment: ["HOME": home.path].merging(environment) { _, new in new })
  }

  @Test(
    "the context gives way to flags and environment, and its secret goes to its own server only")
  func precedence() throws {
    let home = try TemporaryDirectory()
    try ProtectedFile.makeDirectory(home.file(".config/aspen"))
    try ProtectedFile.write(
      Array(
        """
        {"server":"http://plain","token":"plain","current_context":"a","contexts":{
        "a":{"server":"http://a","token":"ta","ca":"~/a.pem"},
        "b":{"server":"http://b","session":"sb"}}}
        """.utf8), to: home.file(".config/aspen/config.json"))
    let current = try settings(home)
    #expect(current.server == "http://a" && current.token?.revealed == "ta")
    #expect(current.ca == home.file("a.pem") && current.contextName == "a")
    let variable = try settings(home, [], ["ASPEN_CONTEXT": "b"])
    #expect(variable.server == "http://b" && variable.credential == .session(Secret("sb")))
    let flag = try settings(home, ["--context", "a"], ["ASPEN_CONTEXT": "b"])
    #expect(flag.server == "http://a")
    let elsewhere = try settings(home, ["--context", "a"], ["ASPEN_SERVER": "http://other"])
    #expect(elsewhere.server == "http://other" && elsewhere.ca == nil)
    #expect(elsewhere.token?.revealed != "ta")
    #expect(elsewhere.warnings == ["ASPEN_SERVER wins over --context a"])
    let same = try settings(home, ["--server", "http://a"])
    #expect(same.token?.revealed == "ta")
    let own = try settings(home, [], ["ASPEN_TOKEN": "own"])
    #expect(own.server == "http://a" && own.token?.revealed == "own")
    #expect(throws: CommandError.self) { try settings(home, ["--context", "c"]) }
  }

  @Test(
    "a file with something wrong in it is refused, and its secrets are not printed",
    arguments: [
      (#"{"contexts":{"a":{"token":"hush"}}}"#, "contexts.a.server is required"),
      (#"{"contexts":{"a":{"server":"h","token":"hush","session":"x"}}}"#, "goes without 'token'"),
      (#"{"contexts":{"a b":{"server":"h"}}}"#, "has a name that is not"),
      (#"{"contexts":{"a":{"server":"h","tokn":"hush"}}}"#, "contexts.a.tokn is not a known field"),
      (#"{"contexts":[]}"#, "must be an object"), ("{", "it is not JSON"),
    ])
  func strictness(text: String, words: String) async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("config.json")
    try ProtectedFile.write(Array(text.utf8), to: path)
    let outcome = await CommandOutcome.of(["context", "list", "--config", path])
    #expect(outcome.status == .usage)
    #expect(outcome.errors.contains(words) && !outcome.errors.contains("hush"))
  }
}
