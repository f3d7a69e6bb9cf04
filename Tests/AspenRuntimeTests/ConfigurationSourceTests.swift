import FoundationEssentials
import Testing

@testable import AspenRuntime

@Suite("Configuration")
struct ConfigurationSourceTests {
  let listen = ConfigurationKey("listen", default: "127.0.0.1:8480")
  let capacity = ConfigurationKey("capacity", .wholeNumber)
  let rate = ConfigurationKey("rate", .decimal)
  let insecure = ConfigurationKey("insecure", .flag)
  let token = ConfigurationKey("token", isSecret: true)
  var keys: [ConfigurationKey] { [listen, capacity, rate, insecure, token] }

  struct Layers: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var file: String?
    var environment: [String: String] = [:]
    var flags: [String: ConfigurationValue?] = [:]
    let listen: String
    let origin: String
  }

  @Test(
    "a later layer wins over an earlier one",
    arguments: [
      Layers(testDescription: "defaults only", listen: "127.0.0.1:8480", origin: "default"),
      Layers(
        testDescription: "file over default", file: #"{"listen":"file"}"#, listen: "file",
        origin: "FILE"),
      Layers(
        testDescription: "environment over file", file: #"{"listen":"file"}"#,
        environment: ["ASPEN_LISTEN": "environment"], listen: "environment", origin: "ASPEN_LISTEN"
      ),
      Layers(
        testDescription: "flag over all", file: #"{"listen":"file"}"#,
        environment: ["ASPEN_LISTEN": "environment"], flags: ["listen": "flag"], listen: "flag",
        origin: "flag"),
      Layers(
        testDescription: "a flag that is not given", environment: ["ASPEN_LISTEN": "environment"],
        flags: ["listen": Optional<ConfigurationValue>.none], listen: "environment",
        origin: "ASPEN_LISTEN"),
    ])
  func layers(_ layers: Layers) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/config.json"
      if let file = layers.file { try ProtectedFile.write(Array(file.utf8), to: path) }
      let source = try ConfigurationSource(
        keys: keys, file: layers.file == nil ? nil : path, environment: layers.environment,
        flags: layers.flags)
      #expect(source.text(listen) == layers.listen)
      let origin = layers.origin == "FILE" ? path : layers.origin
      #expect(source.origin(of: listen)?.description == origin)
    }
  }

  @Test("numbers and switches are read from the file and from the environment")
  func kinds() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/config.json"
      let text = #"{"capacity":7,"rate":2,"insecure":true}"#
      try ProtectedFile.write(Array(text.utf8), to: path)
      let fromFile = try ConfigurationSource(keys: keys, file: path)
      #expect(fromFile.wholeNumber(capacity) == 7)
      #expect(fromFile.decimal(rate) == 2)
      #expect(fromFile.flag(insecure))

      let fromEnvironment = try ConfigurationSource(
        keys: keys,
        environment: ["ASPEN_CAPACITY": "8", "ASPEN_RATE": "0.5", "ASPEN_INSECURE": "yes"])
      #expect(fromEnvironment.wholeNumber(capacity) == 8)
      #expect(fromEnvironment.decimal(rate) == 0.5)
      #expect(fromEnvironment.flag(insecure))
    }
  }

  @Test("an unknown key in the file is an error that names file and key")
  func unknownKey() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/config.json"
      try ProtectedFile.write(Array(#"{"lisen":"x"}"#.utf8), to: path)
      let error = #expect(throws: RuntimeError.self) {
        try ConfigurationSource(keys: keys, file: path)
      }
      #expect(
        error?.description
          == "\(path): unknown key 'lisen'; known are: listen, capacity, rate, insecure, token")
    }
  }

  @Test(
    "a value of the wrong kind is an error that names file and key",
    arguments: [
      (#"{"capacity":"many"}"#, "'capacity' must be a whole number"),
      (#"{"capacity":1.5}"#, "'capacity' must be a whole number"),
      (#"{"listen":7}"#, "'listen' must be a string"),
      (#"{"listen":["a"]}"#, "'listen' must be a string"),
      (#"{"listen":null}"#, "'listen' must be a string"),
      (#"{"insecure":1}"#, "'insecure' must be true or false"),
      (#"["listen"]"#, "is not a JSON object of settings"),
      (#"{"listen""#, "is not a JSON object of settings"),
    ])
  func wrongKind(text: String, message: String) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/config.json"
      try ProtectedFile.write(Array(text.utf8), to: path)
      let error = #expect(throws: RuntimeError.self) {
        try ConfigurationSource(keys: keys, file: path)
      }
      #expect(error?.description == "\(path): \(message)")
    }
  }

  @Test("a wrong value in the environment is an error that names the variable")
  func wrongEnvironment() {
    let error = #expect(throws: RuntimeError.self) {
      try ConfigurationSource(keys: keys, environment: ["ASPEN_CAPACITY": "many"])
    }
    #expect(error?.description == "ASPEN_CAPACITY must be a whole number")
  }

  @Test("a missing file is an error that names it")
  func missingFile() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/absent.json"
      let error = #expect(throws: RuntimeError.self) {
        try ConfigurationSource(keys: keys, file: path)
      }
      #expect(error?.description == "cannot read \(path): No such file or directory")
    }
  }

  @Test("printing shows values with their origin, and secrets as stars")
  func printing() throws {
    let source = try ConfigurationSource(
      keys: keys, environment: ["ASPEN_TOKEN": "aspen_op_hidden"], flags: ["capacity": 3])
    #expect(
      source.description == """
        listen = 127.0.0.1:8480 (default)
        capacity = 3 (flag)
        token = *** (ASPEN_TOKEN)
        """)
  }
}
