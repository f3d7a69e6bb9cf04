/// The CPUs and the memory that this process may use: those of the machine, within the limits of its
/// control groups (version 2, and 1 where that is mounted) and its CPU affinity.
package struct HostResources: Sendable, Hashable {
  /// 1000 for each CPU; 0: unknown.
  package let cpuMillicores: Int64
  /// 0: unknown.
  package let memoryBytes: Int64

  private enum Limits {
    /// The deepest nesting of control groups that is looked at.
    static let depth = 32
  }

  /// Reads them from the system. Blocks.
  package init() {
    self.init { path in try? ProtectedFile.readText(path) }
  }

  /// Reads them from files as `read` gives them; nil: there is no such file.
  package init(read: (_ path: String) -> String?) {
    var cpu = Self.allowedCPUs(read("/proc/self/status") ?? "") * 1000
    var memory = Self.totalMemory(read("/proc/meminfo") ?? "")
    for directory in Self.groups(read("/proc/self/cgroup") ?? "") {
      if let quota = Self.quota(read(directory + "/cpu.max")) { cpu = Self.lower(cpu, quota) }
      if let limit = Self.number(read(directory + "/memory.max")) {
        memory = Self.lower(memory, limit)
      }
    }
    let first = "/sys/fs/cgroup"
    if let quota = Self.number(read(first + "/cpu/cpu.cfs_quota_us")), quota > 0,
      let period = Self.number(read(first + "/cpu/cpu.cfs_period_us")), period > 0
    {
      cpu = Self.lower(cpu, Self.share(quota, period))
    }
    if let limit = Self.number(read(first + "/memory/memory.limit_in_bytes")) {
      memory = Self.lower(memory, limit)
    }
    cpuMillicores = cpu
    memoryBytes = memory
  }

  /// The directories of the process's group and those above it, from `/proc/self/cgroup`.
  private static func groups(_ text: String) -> [String] {
    let root = "/sys/fs/cgroup"
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
      return [root]
    }
    var parts = line.dropFirst(4).split(separator: "/").prefix(Limits.depth)
    // A path outside the process's view of the groups means nothing here.
    if parts.contains("..") { return [root] }
    var groups: [String] = []
    while !parts.isEmpty {
      groups.append(root + "/" + parts.joined(separator: "/"))
      parts.removeLast()
    }
    return groups + [root]
  }

  /// How many CPUs a line `Cpus_allowed_list: 0-3,8` names.
  private static func allowedCPUs(_ status: String) -> Int64 {
    field("Cpus_allowed_list:", status).split(separator: ",").reduce(0) { count, range in
      let ends = range.split(separator: "-").compactMap { Int64($0) }
      guard let first = ends.first, let last = ends.last, (first...Int64.max).contains(last),
        last < 1 << 20
      else { return count }
      return count + last - first + 1
    }
  }

  /// Of a line `MemTotal: 16384 kB`.
  private static func totalMemory(_ text: String) -> Int64 {
    let kibibytes = field("MemTotal:", text).split(separator: " ").first.flatMap { Int64($0) }
    return (kibibytes ?? 0).multipliedReportingOverflow(by: 1024).partialValue
  }

  private static func field(_ name: String, _ text: String) -> String {
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return String(line.dropFirst(name.count).drop { $0 == " " || $0 == "\t" })
    }
    return ""
  }

  /// Of `cpu.max`: `150000 100000`, or `max 100000`.
  private static func quota(_ text: String?) -> Int64? {
    let numbers = (text ?? "").split(separator: " ").map { Int64($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0,
      period > 0
    else { return nil }
    return share(quota, period)
  }

  private static func share(_ quota: Int64, _ period: Int64) -> Int64 {
    let (product, isTooMuch) = quota.multipliedReportingOverflow(by: 1000)
    return isTooMuch ? Int64.max : product / period
  }

  private static func number(_ text: String?) -> Int64? {
    text.flatMap { Int64($0) }
  }

  /// The lower of two, where 0 is unknown.
  private static func lower(_ left: Int64, _ right: Int64) -> Int64 {
    left == 0 ? right : min(left, right)
  }
}
