import ArgumentParser
import AspenModel
import AspenRuntime
import AspenTestSupport
import Foundation
import Testing

@testable import AspenCommands

@Suite("Server and token")
struct ClientSettingsTests {
  private func settings(
    _ arguments: [String] = [], _ environment: [String: String] = [:]
  ) throws -> ClientSettings {
    try ClientSettings(ConnectionOptions.parse(arguments), environment: environment)
  }

  @Test("without anything it is the controller on this machine, without a token")
  func defaults() throws {
    let settings = try settings()
    #expect(settings.server == "http://127.0.0.1:8480")
    #expect(settings.token == nil)
    #expect(settings.warnings.isEmpty)
  }

  @Test("flags win over the environment, which wins over the user's file")
  func layers() throws {
    let home = try TemporaryDirectory()
    try ProtectedFile.makeDirectory(home.file(".config/aspen"))
    try ProtectedFile.write(
      Array(#"{"server":"http://file","token":"file","ca":"~/ca.pem"}"#.utf8),
      to: home.file(".config/aspen/config.json"))
    var environment = ["HOME": home.path]
    let fromFile = try settings([], environment)
    #expect(fromFile.server == "http://file")
    #expect(fromFile.token?.revealed == "file")
    #expect(fromFile.ca == home.file("ca.pem"))
    environment["ASPEN_SERVER"] = "http://environment"
    environment["ASPEN_TOKEN"] = "environment"
    let fromEnvironment = try settings([], environment)
    #expect(fromEnvironment.server == "http://environment")
    #expect(fromEnvironment.token?.revealed == "environment")
    let fromFlags = try settings(["--server", "http://flag", "--token", "flag"], environment)
    #expect(fromFlags.server == "http://flag")
    #expect(fromFlags.token?.revealed == "flag")
  }

  @Test("a token file by flag wins over a token in the environment, and not over one by flag")
  func tokenFile() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("token")
    try ProtectedFile.write(Array("from-file\n".utf8), to: path)
    let environment = ["ASPEN_TOKEN": "environment"]
    #expect(
      try settings(["--token-file", path], environment).token?.revealed == "from-file")
    #expect(
      try settings(["--token-file", path, "--token", "flag"], environment).token?.revealed
        == "flag")
  }

  @Test("a token that others can read brings a warning")
  func warning() throws {
    let directory = try TemporaryDirectory()
    for name in ["token", "config.json"] {
      let path = try directory.write(name == "token" ? "t" : #"{"token":"t"}"#, to: name)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      let flag = name == "token" ? "--token-file" : "--config"
      #expect(
        try settings([flag, path]).warnings
          == ["\(path) holds a token and others can read it; run: chmod 600 \(path)"])
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      #expect(try settings([flag, path]).warnings.isEmpty)
    }
  }

  @Test("an unknown key of the file is an error with the status of wrong usage")
  func unknownKey() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(#"{"sever":"http://h"}"#, to: "config.json")
    let error = #expect(throws: CommandError.self) { try settings(["--config", path]) }
    #expect(error?.status == .usage)
    #expect(
      error?.lines == [
        "\(path): sever is not a known field; known are: "
          + "ca, contexts, current_context, server, token, token_file"
      ])
  }
}
