// swift-tools-version: 6.2

import PackageDescription

// The layers, bottom-up. A module may depend only on modules that are listed above it.

let languageFeatures: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
]

/// Core and Services hold no unsafe construct at all.
let memorySafe: [SwiftSetting] = languageFeatures + [.strictMemorySafety()]

/// Dynamic exclusivity checks are half of the user instructions of the socket and frame path.
let withoutExclusivityChecks: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]
let socketPath = languageFeatures + withoutExclusivityChecks

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

func module(
  _ layer: String, _ name: String, _ dependencies: [Target.Dependency] = [],
  settings: [SwiftSetting] = languageFeatures, resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)",
    resources: resources, swiftSettings: settings)
}

func library(_ name: String, pkgConfig: String, packages: [String]) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt(packages)])
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/Programs/\(name)",
    swiftSettings: languageFeatures)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
    swiftSettings: languageFeatures)
}

let targets: [Target] = [
  // C: headers, and static inline functions for macros.
  .target(name: "CLinux", path: "Sources/C/CLinux"),
  library("CLibPQ", pkgConfig: "libpq", packages: ["libpq-dev"]),
  library("COpenSSL", pkgConfig: "openssl", packages: ["libssl-dev"]),
  library(
    "CLibAV", pkgConfig: "libavformat libavcodec libswscale libavutil",
    packages: ["libavformat-dev", "libavcodec-dev", "libswscale-dev", "libavutil-dev"]),
  library("CTurboJPEG", pkgConfig: "libturbojpeg", packages: ["libturbojpeg0-dev"]),
  library("CLibYAML", pkgConfig: "yaml-0.1", packages: ["libyaml-dev"]),

  // Core: values and decisions.
  module("Core", "AspenModel", settings: memorySafe),
  module("Core", "AspenScheduler", ["AspenModel"], settings: memorySafe),
  module("Core", "AspenAPI", ["AspenModel"], settings: memorySafe),
  module("Core", "AspenWire", ["AspenModel"], settings: memorySafe),

  // Platform: the process.
  module("Platform", "AspenTelemetry", [log]),
  module("Platform", "AspenRuntime", ["AspenTelemetry", "CLinux", log]),
  module("Platform", "AspenYAML", ["CLibYAML"]),

  // Net: bytes on sockets.
  module("Net", "AspenCrypto", ["COpenSSL"], settings: socketPath),
  module(
    "Net", "AspenNet", ["AspenCrypto", "AspenTelemetry", "CLinux", log], settings: socketPath),
  module(
    "Net", "AspenHTTP", ["AspenNet", "AspenCrypto", "AspenTelemetry", log], settings: socketPath),
  module(
    "Net", "AspenWebSocket", ["AspenHTTP", "AspenNet", "AspenCrypto"], settings: socketPath),

  // Store: PostgreSQL.
  module("Store", "AspenPostgres", ["CLibPQ", "AspenNet", "AspenCrypto", "AspenTelemetry", log]),
  module(
    "Store", "AspenStore",
    ["AspenPostgres", "AspenModel", "AspenCrypto", "AspenTelemetry", log]),

  // Media: pixels and packets.
  module("Media", "AspenImage"),
  module(
    "Media", "AspenMedia",
    ["CLibAV", "CTurboJPEG", "AspenImage", "AspenModel", "AspenTelemetry", log]),

  // Services: what ASPEN does.
  module(
    "Services", "AspenClient",
    [
      "AspenAPI", "AspenModel", "AspenWire", "AspenHTTP", "AspenWebSocket", "AspenNet",
      "AspenCrypto",
    ],
    settings: memorySafe),
  module(
    "Services", "AspenHub",
    ["AspenWire", "AspenModel", "AspenNet", "AspenWebSocket", "AspenTelemetry", log],
    settings: memorySafe + withoutExclusivityChecks),
  module(
    "Services", "AspenController",
    [
      "AspenModel", "AspenScheduler", "AspenAPI", "AspenWire", "AspenTelemetry", "AspenRuntime",
      "AspenCrypto", "AspenNet", "AspenHTTP", "AspenWebSocket", "AspenPostgres", "AspenStore",
      "AspenHub", log,
    ],
    settings: memorySafe,
    resources: [.embedInCode("Web")]),
  module(
    "Services", "AspenWorker",
    [
      "AspenModel", "AspenWire", "AspenTelemetry", "AspenRuntime", "AspenCrypto", "AspenNet",
      "AspenHTTP", "AspenWebSocket", "AspenMedia", log,
    ],
    settings: memorySafe),
  module(
    "Services", "AspenCommands",
    [
      "AspenAPI", "AspenModel", "AspenWire", "AspenClient", "AspenRuntime", "AspenYAML", "AspenNet",
      "AspenHTTP", "AspenWebSocket", "AspenCrypto", "AspenTelemetry", arguments,
    ],
    settings: memorySafe),

  // Programs: main, flags, wiring.
  program(
    "aspen-controller",
    ["AspenController", "AspenModel", "AspenRuntime", "AspenTelemetry", arguments, log]),
  program(
    "aspen-worker",
    ["AspenWorker", "AspenModel", "AspenRuntime", "AspenTelemetry", arguments, log]),
  program("aspen", ["AspenCommands"]),

  // Testing: imported by tests only.
  module("Testing", "AspenTestSupport", ["AspenNet", "AspenCrypto", "AspenTelemetry", log]),
  module(
    "Testing", "AspenIntegrationSupport",
    [
      "AspenTestSupport", "AspenNet", "AspenHTTP", "AspenWebSocket", "AspenCrypto",
      "AspenTelemetry", "AspenRuntime", "AspenPostgres", log,
    ]),

  tests("ArchitectureTests", []),
  tests("AspenModelTests", ["AspenModel", "AspenTestSupport"]),
  tests(
    "AspenSchedulerTests", ["AspenScheduler", "AspenModel", "AspenTestSupport"],
    exclude: ["Scenarios"]),
  tests("AspenAPITests", ["AspenAPI", "AspenModel", "AspenTestSupport"]),
  tests("AspenWireTests", ["AspenWire", "AspenModel", "AspenTestSupport"]),
  tests("AspenYAMLTests", ["AspenYAML"]),
  tests("AspenRuntimeTests", ["AspenRuntime", "AspenTelemetry", log]),
  tests("AspenCryptoTests", ["AspenCrypto", "AspenTestSupport"]),
  tests("AspenNetTests", ["AspenNet", "AspenCrypto", "AspenTelemetry", "AspenTestSupport", log]),
  tests(
    "AspenHTTPTests",
    ["AspenHTTP", "AspenNet", "AspenCrypto", "AspenTelemetry", "AspenTestSupport", log]),
  tests(
    "AspenWebSocketTests",
    [
      "AspenWebSocket", "AspenHTTP", "AspenNet", "AspenCrypto", "AspenTelemetry",
      "AspenTestSupport", log,
    ]),
  tests(
    "AspenPostgresTests",
    [
      "AspenPostgres", "AspenNet", "AspenTelemetry", "AspenTestSupport",
      "AspenIntegrationSupport", log,
    ]),
  tests(
    "AspenStoreTests",
    [
      "AspenStore", "AspenPostgres", "AspenModel", "AspenNet", "AspenTelemetry",
      "AspenTestSupport", "AspenIntegrationSupport", log,
    ]),
  tests("AspenImageTests", ["AspenImage", "AspenTestSupport"]),
  tests(
    "AspenMediaTests",
    [
      "AspenMedia", "AspenImage", "AspenModel", "AspenTelemetry", "AspenTestSupport",
      "AspenIntegrationSupport", log,
    ]),
  tests(
    "AspenHubTests",
    [
      "AspenHub", "AspenWire", "AspenModel", "AspenNet", "AspenHTTP", "AspenWebSocket",
      "AspenTelemetry", "AspenTestSupport", log,
    ]),
  tests(
    "AspenCommandsTests",
    [
      "AspenCommands", "AspenAPI", "AspenModel", "AspenWire", "AspenClient", "AspenNet",
      "AspenHTTP", "AspenWebSocket", "AspenRuntime", "AspenTelemetry", "AspenTestSupport",
      arguments, log,
    ]),
  tests(
    "AspenWorkerTests",
    [
      "AspenWorker", "AspenModel", "AspenWire", "AspenHTTP", "AspenWebSocket", "AspenNet",
      "AspenTestSupport",
      "AspenTelemetry", log,
    ]),
  tests(
    "AspenControllerTests",
    [
      "AspenController", "AspenModel", "AspenAPI", "AspenWire", "AspenScheduler", "AspenStore",
      "AspenPostgres", "AspenCrypto", "AspenHTTP", "AspenWebSocket", "AspenNet", "AspenRuntime",
      "AspenTelemetry", "AspenTestSupport", "AspenIntegrationSupport", log,
    ]),
  tests(
    "EndToEndTests",
    [
      "AspenModel", "AspenAPI", "AspenWire", "AspenHTTP", "AspenNet", "AspenWebSocket",
      "AspenTelemetry", "AspenTestSupport", "AspenIntegrationSupport", "aspen",
      "aspen-controller", "aspen-worker",
    ],
    exclude: [
      "browser_check.py", "frames_client.py", "openapi_client.py", "schemathesis.toml",
      "schemathesis_hooks.py",
    ]),
]

let package = Package(
  name: "aspen",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: targets,
  swiftLanguageModes: [.v6]
)
