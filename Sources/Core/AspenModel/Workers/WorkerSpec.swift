/// What an operator wants of a worker.
package struct WorkerSpec: Sendable, Hashable {
  /// A cordoned worker keeps its streams and gets no new ones.
  package let isCordoned: Bool
  /// A draining worker's streams go elsewhere; it gets no new ones.
  package let isDraining: Bool
  /// The site's name.
  package let site: ObjectName?

  /// A spec of its parts.
  package init(isCordoned: Bool = false, isDraining: Bool = false, site: ObjectName? = nil) {
    self.isCordoned = isCordoned
    self.isDraining = isDraining
    self.site = site
  }

  /// Reads a spec strictly.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    self = try FieldReader.read(json, at: path) { fields in
      WorkerSpec(
        isCordoned: fields.flag("cordoned") ?? false, isDraining: fields.flag("draining") ?? false,
        site: fields.objectName("site"))
    }
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("cordoned", .bool(isCordoned)), ("draining", .bool(isDraining)),
      ("site", site.map { .string($0.text) }),
    ])
  }
}
