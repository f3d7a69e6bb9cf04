// swift-tools-version: 6.2

import PackageDescription

// Peers written in Swift, to be measured against. Not part of ASPEN: nothing here is imported by it.
let package = Package(
  name: "aspen-benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: [
    .executableTarget(
      name: "hello-hummingbird",
      dependencies: [.product(name: "Hummingbird", package: "hummingbird")]),
    .executableTarget(
      name: "hello-flyingfox",
      dependencies: [.product(name: "FlyingFox", package: "FlyingFox")]),
  ]
)
