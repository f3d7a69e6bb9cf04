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
      labels: try Labels(["a": "1", "b": "2"]),
      spec: ["camera": "yard", "enabled": true])
    #expect(update.labels == (try Labels(["b": "2", "c": "3"])))
    let spec = try StreamSpec(json: update.spec)
    #expect(spec.maxFramesPerSecond == 5)
    #expect(spec.camera.text == "yard")
  }

  @Test("an update with a spec that is no object is refused")
  func updateSpecKind() throws {
    let found = violations {
      _ = try UpdateBody(json: try json(#"{"spec": [1]}"#), labels: Labels(), spec: [:])
    }
    #expect(found == ["/spec"])
  }

  @Test("a join token's limits are checked")
  func joinTokenSpec() throws {
    #expect(try JoinTokenSpec(json: try json(#"{"uses": 2}"#)).uses == 2)
    let found = violations {
      _ = try JoinTokenSpec(json: try json(#"{"uses": 0, "expires_in_seconds": "x"}"#))
    }
    #expect(Set(found) == ["/spec/uses", "/spec/expires_in_seconds"])
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

  @Test("a camera's password is read and never shown")
  func password() throws {
    let input = try CameraSpecInput(
      json: try json(#"{"address": "rtsp://cam:s3cr%40t@10.0.0.1/h264"}"#))
    #expect(input.password?.revealed == "s3cr@t")
    #expect(input.spec.json.serializedText.contains("s3cr") == false)
    #expect(input.spec.address == "rtsp://10.0.0.1/h264")
    #expect(input.spec.username == "cam")
  }
}
