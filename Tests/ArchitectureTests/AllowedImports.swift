/// The layers, bottom-up, and all that each module may import of this package and of Swift packages.
enum AllowedImports {
  static let layers = [
    "C", "Core", "Platform", "Net", "Store", "Media", "Services", "Programs", "Testing",
  ]

  static let modules: [String: Set<String>] = [
    "AspenModel": [],
    "AspenScheduler": ["AspenModel"],
    "AspenAPI": ["AspenModel"],
    "AspenWire": ["AspenModel"],
    "AspenTelemetry": ["Logging"],
    "AspenRuntime": ["AspenTelemetry", "CLinux", "Logging"],
    "AspenYAML": ["CLibYAML"],
    "AspenCrypto": ["COpenSSL"],
    "AspenNet": ["AspenCrypto", "AspenTelemetry", "CLinux", "Logging"],
    "AspenHTTP": ["AspenNet", "AspenCrypto", "AspenTelemetry", "Logging"],
    "AspenWebSocket": ["AspenHTTP", "AspenNet", "AspenCrypto"],
    "AspenPostgres": ["CLibPQ", "AspenNet", "AspenCrypto", "AspenTelemetry", "Logging"],
    "AspenStore": ["AspenPostgres", "AspenModel", "AspenCrypto", "AspenTelemetry", "Logging"],
    "AspenImage": [],
    "AspenMedia": [
      "CLibAV", "CTurboJPEG", "AspenImage", "AspenModel", "AspenTelemetry", "Logging",
    ],
    "AspenClient": [
      "AspenAPI", "AspenModel", "AspenWire", "AspenHTTP", "AspenWebSocket", "AspenNet",
      "AspenCrypto",
    ],
    "AspenHub": [
      "AspenWire", "AspenModel", "AspenNet", "AspenWebSocket", "AspenTelemetry", "Logging",
    ],
    "AspenController": [
      "AspenModel", "AspenScheduler", "AspenAPI", "AspenWire", "AspenTelemetry", "AspenRuntime",
      "AspenCrypto", "AspenNet", "AspenHTTP", "AspenWebSocket", "AspenPostgres", "AspenStore",
      "AspenHub", "Logging",
    ],
    "AspenWorker": [
      "AspenModel", "AspenAPI", "AspenWire", "AspenTelemetry", "AspenRuntime", "AspenNet",
      "AspenHTTP", "AspenWebSocket", "AspenClient", "AspenMedia", "AspenCrypto", "Logging",
    ],
    "AspenCommands": [
      "AspenAPI", "AspenModel", "AspenWire", "AspenClient", "AspenRuntime", "AspenYAML", "AspenNet",
      "AspenHTTP", "AspenWebSocket", "AspenCrypto", "AspenTelemetry", "ArgumentParser",
    ],
    "aspen-controller": [
      "AspenController", "AspenModel", "AspenRuntime", "AspenTelemetry", "ArgumentParser",
      "Logging",
    ],
    "aspen-worker": [
      "AspenWorker", "AspenModel", "AspenRuntime", "AspenTelemetry", "ArgumentParser", "Logging",
    ],
    "aspen": ["AspenCommands"],
    "AspenTestSupport": ["AspenNet", "AspenCrypto", "AspenTelemetry", "Logging"],
    "AspenIntegrationSupport": [
      "AspenTestSupport", "AspenNet", "AspenHTTP", "AspenWebSocket", "AspenCrypto",
      "AspenTelemetry", "AspenRuntime", "AspenPostgres", "Logging",
    ],
  ]

  /// What the toolchain brings, by layer.
  static func system(_ layer: String) -> Set<String> {
    switch layer {
    // A mutex is neither I/O nor a clock; Core may remember with it what is dear to work out.
    case "Core": ["FoundationEssentials", "Synchronization"]
    case "Platform", "Net", "Store", "Media": ["FoundationEssentials", "Glibc", "Synchronization"]
    case "Services": ["FoundationEssentials", "Synchronization"]
    case "Programs": ["FoundationEssentials", "Glibc"]
    case "Testing": ["Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing"]
    default: []
    }
  }

  /// The one module that may name a C library. CLinux is the kernel's interface, not a library.
  static let ownerOfLibrary = [
    "COpenSSL": "AspenCrypto", "CLibPQ": "AspenPostgres", "CLibAV": "AspenMedia",
    "CTurboJPEG": "AspenMedia", "CLibYAML": "AspenYAML",
  ]
}
