import AspenModel

extension APIOperations {
  /// The operations of cameras.
  package static let camera = KindOperations(
    KindTraits(
      kind: .camera, tag: .cameras, readAccess: .role(.viewer, .camera),
      writeAccess: .role(.operator, .camera), components: .camera,
      createParameters: [
        APIParameter(
          query: "default_stream", APISchema.boolean.defaulting(to: true),
          "Whether a stream of the same name is made too.")
      ],
      createExample: [
        "name": "yard", "labels": ["site": "home"],
        "spec": [
          "type": "rtsp", "address": "rtsp://192.168.1.20/stream1", "username": "viewer",
          "password": "secret",
        ],
      ],
      updateExample: ["labels": ["floor": "2"], "spec": ["transport": "udp"]],
      createNote: "A stream of the same name is made with it, unless `default_stream=false`.",
      updateNote: "A password that is not in it stays, as long as user and host stay.",
      deleteNote: "Its streams go with it.", deletesLater: true))

  /// Lists cameras.
  package static var cameraList: APIOperation { camera.list }
  /// Creates one.
  package static var cameraCreate: APIOperation { creation(camera) }
  /// Shows one.
  package static var cameraGet: APIOperation { camera.get }
  /// Changes one.
  package static var cameraUpdate: APIOperation { camera.update }
  /// Deletes one.
  package static var cameraDelete: APIOperation { camera.delete }
  /// Lists what one was before.
  package static var cameraHistory: APIOperation { camera.history }
  /// Makes one what it was before.
  package static var cameraRevert: APIOperation { camera.revert }
}
