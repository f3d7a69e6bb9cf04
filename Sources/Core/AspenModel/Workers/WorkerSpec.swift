/// What an operator wants of a worker.
package struct WorkerSpec: Sendable, Hashable {
  /// A cordoned worker keeps its streams and gets no new ones.
  package let isCordoned: Bool
  /// A draining worker's streams go elsewhere; it gets no new ones.
  package let isDraining: Bool
  /// The site's name.
  package let site: ObjectName?
  /// How much CPU its streams may take together by estimate, in thousandths of a core; nil: no limit.
  package let cpuMillicores: Int?
  /// How much memory its streams may take together by estimate, in MiB; nil: no limit.
  package let memoryMiB: Int?

  /// The most CPU and memory that a worker may offer.
  package static let maxCPUMillicores: Int64 = 1_024_000
  package static let maxMemoryMiB: Int64 = 16_777_216

  /// A spec of its parts.
  package init(
    isCordoned: Bool = false, isDraining: Bool = false, site: ObjectName? = nil,
    cpuMillicores: Int? = nil, memoryMiB: Int? = nil
  ) {
    self.isCordoned = isCordoned
    self.isDraining = isDraining
    self.site = site
    self.cpuMillicores = cpuMillicores
    self.memoryMiB = memoryMiB
  }

  /// Reads a spec strictly.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    self = try FieldReader.read(json, at: path) { fields in
      WorkerSpec(
        isCordoned: fields.flag("cordoned") ?? false, isDraining: fields.flag("draining") ?? false,
        site: fields.objectName("site"),
        cpuMillicores: fields.wholeNumber("cpu_millicores", in: 1...Self.maxCPUMillicores)
          .map(Int.init),
        memoryMiB: fields.wholeNumber("memory_mib", in: 1...Self.maxMemoryMiB).map(Int.init))
    }
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("cordoned", .bool(isCordoned)), ("draining", .bool(isDraining)),
      ("site", site.map { .string($0.text) }),
      ("cpu_millicores", cpuMillicores.map { .integer(Int64($0)) }),
      ("memory_mib", memoryMiB.map { .integer(Int64($0)) }),
    ])
  }
}
