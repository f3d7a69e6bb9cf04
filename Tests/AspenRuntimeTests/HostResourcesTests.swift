import Testing

@testable import AspenRuntime

@Suite("HostResources")
struct HostResourcesTests {
  private static let machine = [
    "/proc/self/status": "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-3,8,10-11\n",
    "/proc/meminfo": "MemTotal:       16384 kB\nMemFree:  1 kB\n",
  ]

  private func read(_ files: [String: String]) -> HostResources {
    HostResources { path in files[path] ?? Self.machine[path] }
  }

  @Test("without control groups it is the CPUs of the affinity and the machine's memory")
  func machine() {
    let host = read([:])
    #expect(host.cpuMillicores == 7000)
    #expect(host.memoryBytes == 16_777_216)
  }

  @Test("the lowest limit of the group and those above it counts")
  func groups() {
    let host = read([
      "/proc/self/cgroup": "12:pids:/x\n0::/system.slice/aspen.service",
      "/sys/fs/cgroup/system.slice/aspen.service/cpu.max": "150000 100000",
      "/sys/fs/cgroup/system.slice/aspen.service/memory.max": "max",
      "/sys/fs/cgroup/system.slice/cpu.max": "max 100000",
      "/sys/fs/cgroup/system.slice/memory.max": "8388608",
      "/sys/fs/cgroup/cpu.max": "900000 100000",
    ])
    #expect(host.cpuMillicores == 1500)
    #expect(host.memoryBytes == 8_388_608)
  }

  @Test("the limits of a container, which sees its group as the root, count")
  func container() {
    for groups in ["0::/", "0::/../..", ""] {
      let host = read([
        "/proc/self/cgroup": groups, "/sys/fs/cgroup/cpu.max": "50000 100000",
        "/sys/fs/cgroup/memory.max": "4194304",
      ])
      #expect(host.cpuMillicores == 500)
      #expect(host.memoryBytes == 4_194_304)
    }
  }

  @Test("the limits of control groups of version 1 count")
  func version1() {
    let host = read([
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "250000",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
    ])
    #expect(host.cpuMillicores == 2500)
    #expect(host.memoryBytes == 16_777_216)
    #expect(read(["/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1"]).cpuMillicores == 7000)
  }

  @Test(
    "files that make no sense limit nothing",
    arguments: ["", "x", "max", "-5 100000", "5 0", "9223372036854775807 1", "1 2 3"])
  func nonsense(_ text: String) {
    let host = read(["/sys/fs/cgroup/cpu.max": text, "/sys/fs/cgroup/memory.max": "x"])
    #expect(host.cpuMillicores == 7000)
    #expect(host.memoryBytes == 16_777_216)
  }

  @Test("this machine has some of both")
  func here() {
    let host = HostResources()
    #expect(host.cpuMillicores > 0)
    #expect(host.memoryBytes > 1 << 20)
  }
}
