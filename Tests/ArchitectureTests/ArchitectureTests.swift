import Foundation
import Testing

@Suite("Architecture")
struct ArchitectureTests {
  /// Read once for all tests.
  private static let scan = Result {
    try Repository.swiftTexts(below: "Sources").map(SourceFile.init)
  }

  private let sources: [SourceFile]

  init() throws {
    sources = try Self.scan.get()
    try #require(sources.contains { $0.module == "AspenModel" }, "the scan finds the sources")
  }

  /// The programs and libraries, without what only tests import.
  private var product: [SourceFile] { sources.filter { $0.layer != "Testing" } }

  @Test("a module imports only what its place in the layers allows")
  func imports() {
    expectNone(sources.flatMap(Rules.imports))
  }

  @Test("a C library is named by one module")
  func libraries() {
    expectNone(sources.flatMap(Rules.libraryOwners))
  }

  @Test("the manifest lists the layers bottom-up and allows no other dependency")
  func manifest() throws {
    let manifest = Manifest(try Repository.text("Package.swift"))
    let names = Set(manifest.targets.map(\.name))
    #expect(names.isSuperset(of: AllowedImports.modules.keys), "the manifest was not understood")
    expectNone(Rules.manifest(manifest))
  }

  @Test("the folder of a module shows its layer")
  func folders() {
    let unknown = sources.filter { !AllowedImports.layers.contains($0.layer) }
    expectNone(unknown.map { "\($0.path): \($0.layer) is no layer" })
  }

  @Test("Core reads no clock, no randomness and no surroundings")
  func pureCore() {
    expectNone(sources.filter { $0.layer == "Core" }.flatMap(Rules.clockAndRandomness))
  }

  @Test("every package declaration is documented")
  func documentation() {
    expectNone(sources.flatMap(Rules.documentation))
  }

  @Test("no file is longer than 500 lines")
  func length() throws {
    let files = try ["Sources", "Tests"].flatMap { try Repository.swiftTexts(below: $0) }
    expectNone(files.flatMap { Rules.length(path: $0.path, text: $0.text) })
  }

  @Test("products hold no try!, fatalError, forced unwrap or dispatch queue")
  func forbidden() {
    expectNone(product.flatMap(Rules.forbidden))
  }

  @Test("only programs, the CLI and the start of a program print")
  func printing() {
    expectNone(product.flatMap(Rules.printing))
  }

  @Test("unchecked sharing says why it is safe")
  func unsafety() {
    expectNone(sources.flatMap(Rules.unexplainedUnsafety))
  }

  @Test("SwiftNIO is not in the package graph")
  func noNIO() throws {
    guard Repository.exists("Package.resolved") else { return }
    let pins = try Repository.text("Package.resolved").lowercased()
    #expect(pins.contains("swift-log") && !pins.contains("nio"))
  }

  private func expectNone(
    _ found: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      found.isEmpty, "\(found.count) found:\n\(found.joined(separator: "\n"))",
      sourceLocation: sourceLocation)
  }
}
