import AspenModel
import Testing

@Suite("Camera specs")
struct CameraSpecTests {
  @Test("a password is taken from the field or the address and is not in the stored spec")
  func credentials() throws {
    for text in [
      #"{"address":"rtsp://admin:s3cret@h/x"}"#,
      #"{"type":"rtsp","address":"rtsp://h/x","username":"admin","password":"s3cret"}"#,
    ] {
      let input = try CameraSpecInput(json: json(text))
      #expect(input.spec.username == "admin" && input.password == Secret("s3cret"))
      #expect(
        input.spec.json.serializedText
          == #"{"type":"rtsp","address":"rtsp://h/x","transport":"tcp","username":"admin"}"#)
    }
  }

  @Test("a stored spec reads back as itself")
  func roundTrip() throws {
    let longest = String(repeating: "%41", count: 128)
    for text in [
      #"{"address":"rtsp://h:8554/x?y","transport":"udp"}"#, #"{"address":"rtsp://u@[::1]"}"#,
      #"{"type":"file","path":"a/clip.avi"}"#, "{\"address\":\"rtsp://\(longest)@h\"}",
    ] {
      let spec = try CameraSpecInput(json: json(text)).spec
      let stored = try JSONValue(parsing: spec.json.serialized)
      #expect(try CameraSpecInput(json: stored).spec == spec)
    }
  }

  @Test(
    "everything wrong is reported at once, by field",
    arguments: [
      ("[]", ["/spec"]), ("{}", ["/spec/address"]), (#"{"type":"file"}"#, ["/spec/path"]),
      (#"{"type":"usb","path":"x"}"#, ["/spec/type"]),
      (#"{"type":"file","path":"../x","password":"p"}"#, ["/spec/path", "/spec/password"]),
      (
        #"{"address":"http://h","transport":"pigeon","colour":1}"#,
        ["/spec/transport", "/spec/address", "/spec/colour"]
      ),
      (#"{"address":"rtsp://h","password":"p"}"#, ["/spec/password"]),
      (#"{"address":"rtsp://u@h","username":"v"}"#, ["/spec/username"]),
      (#"{"address":"rtsp://h","username":"a:b"}"#, ["/spec/username"]),
      (#"{"address":"rtsp://h","username":""}"#, ["/spec/username"]),
      (#"{"address":"rtsp://h","username":"u","password":"a\nb"}"#, ["/spec/password"]),
      (#"{"address":5}"#, ["/spec/address"]),
    ])
  func wrong(_ text: String, _ fields: [String]) throws {
    let document = try json(text)
    let found = violations { () throws(ValidationError) in
      _ = try CameraSpecInput(json: document)
    }
    #expect(found.map(\.field) == fields)
  }

  @Test("a stream's spec reads back as itself and collects what is wrong")
  func streams() throws {
    let text =
      #"{"camera":"yard","enabled":false,"max_fps":5.5,"max_width":640,"require":"gpu=yes"}"#
    let spec = try StreamSpec(json: json(text))
    #expect(try StreamSpec(json: JSONValue(parsing: spec.json.serialized)) == spec)
    #expect(try StreamSpec(json: json(#"{"camera":"a"}"#)) == StreamSpec(camera: ObjectName("a")))
    let wrong = try json(#"{"enabled":1,"max_fps":0,"max_width":1e9,"require":"(","model":"x"}"#)
    let found = violations { () throws(ValidationError) in _ = try StreamSpec(json: wrong) }
    #expect(
      found.map(\.field) == [
        "/spec/enabled", "/spec/max_fps", "/spec/max_width", "/spec/require", "/spec/camera",
        "/spec/model",
      ])
  }

  @Test("what a stream wishes reads back as itself")
  func wishes() throws {
    let text = #"""
      {"camera":"yard","enabled":true,"prefer":[{"selector":"site=yard","weight":80}],\#
      "avoid":[{"selector":"slow","weight":50}],"priority":90,"on_partition":"keep"}
      """#
    let spec = try StreamSpec(json: json(text))
    #expect(spec.json.serializedText == text)
    #expect(spec.avoid.map(\.weight) == [PlacementWish.defaultWeight])
    let least = try StreamSpec(json: json(#"{"camera":"a"}"#))
    #expect(least.priority == 50 && least.onPartition == .replace)
    #expect(least.prefer.isEmpty && least.avoid.isEmpty)
    #expect(least.json.serializedText == #"{"camera":"a","enabled":true}"#)
  }

  @Test(
    "a wrong wish is named by its place",
    arguments: [
      (#"{"camera":"a","prefer":[{"weight":5}]}"#, ["/spec/prefer/0/selector"]),
      (
        #"{"camera":"a","avoid":[{"selector":"a"},{"selector":"b","weight":0,"x":1}]}"#,
        ["/spec/avoid/1/weight", "/spec/avoid/1/x"]
      ),
      (#"{"camera":"a","prefer":"gpu"}"#, ["/spec/prefer"]),
      (#"{"camera":"a","prefer":["gpu"]}"#, ["/spec/prefer/0"]),
      (
        #"{"camera":"a","prefer":[{},{},{},{},{},{},{},{},{}]}"#, ["/spec/prefer"]
      ),
      (
        #"{"camera":"a","priority":101,"on_partition":"stay"}"#,
        ["/spec/priority", "/spec/on_partition"]
      ),
    ])
  func wrongWishes(_ text: String, _ fields: [String]) throws {
    let document = try json(text)
    let found = violations { () throws(ValidationError) in _ = try StreamSpec(json: document) }
    #expect(found.map(\.field) == fields)
  }
}
