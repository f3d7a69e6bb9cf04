package import AspenModel

extension Camera {
  /// The camera of a stored resource. Throws `.corrupt`.
  package init(_ resource: Resource) throws(StoreError) {
    self.init(metadata: resource.metadata, spec: try CameraSpec(stored: resource.spec))
  }
}

extension Stream {
  /// The stream of a stored resource. Throws `.corrupt`.
  package init(_ resource: Resource, cameraID: Int64) throws(StoreError) {
    self.init(
      metadata: resource.metadata, spec: try StreamSpec(stored: resource.spec), cameraID: cameraID)
  }
}

extension CameraSpec {
  /// A spec as stored; a password is never in it.
  init(stored json: JSONValue) throws(StoreError) {
    self = try StoreError.checked { () throws(ValidationError) in
      try CameraSpecInput(json: json).spec
    }
  }
}

extension StreamSpec {
  /// A spec as stored.
  init(stored json: JSONValue) throws(StoreError) {
    self = try StoreError.checked { () throws(ValidationError) in try StreamSpec(json: json) }
  }
}
