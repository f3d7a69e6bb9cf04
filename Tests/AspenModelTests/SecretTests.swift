import AspenModel
import Testing

@Suite("Secrets")
struct SecretTests {
  private static let text = "hunter2"

  @Test("a secret never prints, by whatever way")
  func neverPrints() throws {
    let secret = Secret(Self.text)
    let credentials = Credentials(username: "admin", password: secret)
    let input = try CameraSpecInput(
      json: json(
        #"{"type":"rtsp","address":"rtsp://h/x","username":"admin","password":"hunter2"}"#))
    #expect(input.password == secret)
    for value in [secret, credentials, input, [secret], ["k": secret], Optional(secret) as Any]
      as [Any]
    {
      var dumped = ""
      dump(value, to: &dumped)
      var printed = ""
      print(value, to: &printed)
      var debugged = ""
      debugPrint(value, to: &debugged)
      let texts = [
        dumped, printed, debugged, "\(value)", String(describing: value), String(reflecting: value),
      ]
      #expect(texts.allSatisfy { !$0.contains(Self.text) && $0.contains("***") })
      #expect(!mirrored(value).contains(Self.text))
    }
  }

  @Test("equal secrets are equal and the text is there for who must send it")
  func revealed() {
    #expect(Secret("a") == Secret("a") && Secret("a") != Secret("b"))
    #expect(Secret(Self.text).revealed == Self.text)
  }

  /// Every label and value that reflection reaches.
  private func mirrored(_ value: Any, depth: Int = 0) -> String {
    guard depth < 6 else { return "" }
    return Mirror(reflecting: value).children.map { child in
      "\(child.label ?? "") \(child.value) \(mirrored(child.value, depth: depth + 1))"
    }.joined(separator: " ")
  }
}
