import AspenAPI
import AspenModel
import Testing

@Suite("Bodies of requests")
struct ResourceBodyTests {
  private func json(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
  }

  private func violations(_ body: () throws -> Void) -> [String] {
    do {
      try body()
      return []
    } catch let error as ValidationError {
      return error.violations.map(\.field)
    } catch {
      return ["\(error)"]
    }
  }

  @Test("a create body needs a name and refuses unknown fields, all at once")
  func createBody() throws {
    let found = violations {
      _ = try CreateBody(json: try json(#"{"nme": "a", "labels": {"k": 1}, "spec": {}}"#))
    }
    #expect(Set(found) == ["/nme", "/labels/k", "/name"])
  }

  @Test("an update merges labels and spec and leaves the rest")
  func updateBody() throws {
    let update = try UpdateBody(
      json: try json(#"{"labels": {"a": null, "c": "3"}, "spec": {"max_fps": 5}}"#),
      current: try Sample.stream(labels: ["a": "1", "b": "2"]))
    #expect(update.labels == (try Labels(["b": "2", "c": "3"])))
    let spec = try StreamSpec(json: update.spec)
    #expect(spec.maxFramesPerSecond == 5)
    #expect(spec.camera.text == "yard")
  }

  @Test("an update keeps the annotations that it does not name")
  func updateAnnotations() throws {
    let current = try Sample.stream(annotations: ["note": "old", "owner": "alice"])
    let update = try UpdateBody(
      json: try json(#"{"annotations": {"note": "new"}}"#), current: current)
    #expect(update.annotations.values == ["note": "new", "owner": "alice"])
    #expect(update.spec == current.spec)
  }

  @Test("an update with a spec that is no object is refused")
  func updateSpecKind() throws {
    let found = violations {
      _ = try UpdateBody(json: try json(#"{"spec": [1]}"#), current: try Sample.stream())
    }
    #expect(found == ["/spec"])
  }

  @Test("a join body takes a capacity within its range")
  func joinBody() throws {
    let body = try JoinBody(json: try json(#"{"name": "w1", "capacity_streams": 7}"#))
    #expect(body.capacityStreams == 7)
    let found = violations {
      _ = try JoinBody(json: try json(#"{"name": "W1", "capacity_streams": 0}"#))
    }
    #expect(Set(found) == ["/name", "/capacity_streams"])
  }

  @Test("a joining worker may bring its own credential, of full length and never shown")
  func joinCredential() throws {
    func body(_ credential: String) -> String {
      "{\"name\": \"w1\", \"credential\": \"\(credential)\"}"
    }
    let credential = "aspen_worker_" + String(repeating: "aZ09-_x", count: 6) + "b"
    let read = try JoinBody(json: try json(body(credential)))
    #expect(read.credential?.revealed == credential)
    #expect(!"\(read)".contains(credential))
    for wrong in [
      "", "aspen_worker_", "aspen_op_" + credential.dropFirst(9), credential + "c",
      String(credential.dropLast()), credential.dropLast() + "=",
    ] {
      #expect(violations { _ = try JoinBody(json: try json(body(wrong))) } == ["/credential"])
    }
  }

  @Test("a camera's password is read and never shown")
  func password() throws {
    let input = try CameraSpecInput(
      json: try json(#"{"address": "rtsp://cam:s3cr%40t@10.0.0.1/h264"}"#))
    #expect(input.password?.revealed == "s3cr@t")
    #expect(input.spec.json.serializedText.contains("s3cr") == false)
    #expect(input.spec.address == "rtsp://10.0.0.1/h264")
    #expect(input.spec.username == "cam")
  }

  @Test("an apply names the document and the field of everything that is wrong")
  func applyBody() throws {
    let found = violations {
      _ = try ApplyBody(
        json: try json(
          #"""
          {"documents": [
            {"kind": "camera", "name": "yard", "spec": {}},
            {"kind": "token", "name": "Bad"},
            {"kind": "camera", "name": "yard", "spec": {}}
          ]}
          """#))
    }
    #expect(found == ["/documents/1/kind", "/documents/1/name", "/documents/2/name"])
  }

  @Test("an apply needs a document, a plan does not")
  func emptyApply() throws {
    let nothing = try json(#"{"documents": []}"#)
    #expect(violations { _ = try ApplyBody(json: nothing) } == ["/documents"])
    #expect(try ApplyBody(json: nothing, allowsNothing: true).documents.isEmpty)
  }

  @Test("an apply takes a bounded number of documents")
  func applyLimit() throws {
    let document: JSONValue = ["kind": "site", "name": "hq"]
    let many = JSONValue.array(
      Array(repeating: document, count: ApplyBody.maxDocuments + 1))
    #expect(violations { _ = try ApplyBody(json: ["documents": many]) } == ["/documents"])
  }

  @Test("passwords and tokens of a sign-in are never shown")
  func sessionBodies() throws {
    let login = try LoginBody(json: ["username": "alice", "password": "correct horse"])
    #expect(!"\(login)".contains("correct horse"))
    #expect(login.password.revealed == "correct horse")
    let found = violations {
      _ = try SetupBody(json: ["token": "", "username": "Al", "password": "short"])
    }
    #expect(Set(found) == ["/token", "/username", "/password"])
  }

  @Test("a view link lasts an hour unless told otherwise, and not for ever")
  func viewLinkBody() throws {
    #expect(try ViewLinkBody(json: ["stream": "yard"]).expiresInSeconds == 3600)
    let found = violations {
      _ = try ViewLinkBody(
        json: ["stream": "yard", "expires_in_seconds": .integer(ViewLinkBody.longestSeconds + 1)])
    }
    #expect(found == ["/expires_in_seconds"])
  }

  @Test("a revert needs a generation")
  func revertBody() throws {
    #expect(try RevertBody(json: ["generation": 3]).generation == 3)
    #expect(violations { _ = try RevertBody(json: [:]) } == ["/generation"])
    #expect(violations { _ = try RevertBody(json: ["generation": 0]) } == ["/generation"])
  }
}
