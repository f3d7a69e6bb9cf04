/// What a worker's machine has and can do, as far as the worker may use it.
package struct WorkerResources: Sendable, Hashable, Codable {
  /// 1000 for each CPU.
  package let cpuMillicores: Int64
  package let memoryMiB: Int64
  /// Names of what computes besides the CPU; empty: nothing.
  package let accelerators: [String]
  /// Names of the kinds of video that it decodes: `h264`, `hevc`, …
  package let codecs: [String]

  /// Resources of their parts.
  package init(
    cpuMillicores: Int64, memoryMiB: Int64, accelerators: [String], codecs: [String]
  ) {
    self.cpuMillicores = cpuMillicores
    self.memoryMiB = memoryMiB
    self.accelerators = accelerators
    self.codecs = codecs
  }

  /// The most names of a list.
  package static let maxNames = 64

  /// The same within limits, for what comes from the wire.
  package var bounded: WorkerResources {
    func names(_ names: [String]) -> [String] {
      Array(names.lazy.filter { !$0.isEmpty }.map { String($0.prefix(64)) }.prefix(Self.maxNames))
    }
    return WorkerResources(
      cpuMillicores: max(cpuMillicores, 0), memoryMiB: max(memoryMiB, 0),
      accelerators: names(accelerators), codecs: names(codecs))
  }

  private enum CodingKeys: String, CodingKey {
    case cpuMillicores = "cpu_millicores"
    case memoryMiB = "memory_mib"
    case accelerators, codecs
  }

  /// As the API tells it.
  package var json: JSONValue {
    [
      "cpu_millicores": .integer(cpuMillicores), "memory_mib": .integer(memoryMiB),
      "accelerators": .array(accelerators.map { .string($0) }),
      "codecs": .array(codecs.map { .string($0) }),
    ]
  }
}
