import Testing

/// Each rule finds a bad sample and passes a good one, so that the rules cannot rot.
@Suite("Architecture rules")
struct RulesTests {
  private func file(_ text: String, _ path: String = "Sources/Core/AspenWire/X.swift") -> SourceFile
  {
    SourceFile(path: path, text: text)
  }

  @Test("comments and strings are blanked, interpolations and line numbers stay")
  func stripping() {
    let source = ##"""
      let a = "try! \(b! + "x!") \" y!" // c!
      /* d! /* e! */ f!
      */ let g = #"h! \(i!) \#(j!)"# + k!
      let l = """
        m! "n!" \(o!)
        """
      """##
    let code = CodeStripper.strip(source)
    #expect(code.filter { $0 == "\n" }.count == source.filter { $0 == "\n" }.count)
    let marked = code.split(whereSeparator: { !"abcdefghijklmnopqrstuvwxyz!".contains($0) })
    #expect(marked.filter { $0.hasSuffix("!") } == ["b!", "j!", "k!", "o!"])
  }

  @Test("an import that the table does not allow is found")
  func imports() {
    let bad = file("package import AspenModel\nimport Foundation\nimport struct AspenNet.Loop\n")
    #expect(
      Rules.imports(bad).map { $0.split(separator: ":").dropFirst().joined(separator: ":") } == [
        "2: AspenWire may not import Foundation", "3: AspenWire may not import AspenNet",
      ])
    #expect(Rules.imports(file("import FoundationEssentials\n// import Foundation\n")).isEmpty)
    #expect(!Rules.imports(file("import Glibc", "Sources/Services/AspenHub/X.swift")).isEmpty)
    #expect(Rules.imports(file("import Glibc", "Sources/Net/AspenNet/X.swift")).isEmpty)
    #expect(!Rules.imports(file("", "Sources/Core/AspenNew/X.swift")).isEmpty)
    #expect(!Rules.imports(file("@preconcurrency import NIOCore")).isEmpty)
  }

  @Test("a second user of a C library is found")
  func libraries() {
    let path = "Sources/Store/AspenStore/X.swift"
    #expect(Rules.libraryOwners(file("import CLibPQ", path)).count == 1)
    #expect(
      Rules.libraryOwners(file("import CLibPQ", "Sources/Store/AspenPostgres/X.swift")).isEmpty)
  }

  @Test("a dependency that points up, or is not allowed, is found in the manifest")
  func manifest() {
    let manifest = Manifest(
      """
      func module(_ layer: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {}
      let targets = [
        library("CLibPQ", pkgConfig: "libpq", packages: ["libpq-dev"]),
        module("Core", "AspenModel"),
        module("Core", "AspenWire", ["AspenModel"], settings: memorySafe),
        // module("Core", "AspenGhost", ["AspenNet"]),
        module("Net", "AspenHTTP", ["AspenNet", log]), module("Net", "AspenNet", ["CLibPQ"]),
        program("aspen", ["AspenCommands", arguments]),
      ]
      """)
    #expect(
      manifest.targets.map { "\($0.name):\($0.dependencies.joined(separator: ","))" } == [
        "CLibPQ:", "AspenModel:", "AspenWire:AspenModel", "AspenHTTP:AspenNet,Logging",
        "AspenNet:CLibPQ", "aspen:AspenCommands,ArgumentParser",
      ])
    #expect(
      Rules.manifest(manifest) == [
        "Package.swift: AspenHTTP depends on AspenNet, not above it",
        "Package.swift: AspenNet may not depend on CLibPQ",
        "Package.swift: aspen depends on AspenCommands, not above it",
        "Package.swift: aspen may not depend on ArgumentParser",
      ])
  }

  @Test(
    "clock and randomness are found",
    arguments: [
      "let now = Date.now", "let now = Date()", "let x = Int.random(in: 0...1)", "a.shuffled()",
      "let clock = ContinuousClock()", "try await Task.sleep(for: .seconds(1))", "UUID()",
      "a.randomElement()", "FoundationEssentials.ProcessInfo.processInfo",
    ])
  func clocks(_ code: String) {
    #expect(Rules.clockAndRandomness(file(code)).count == 1)
    #expect(Rules.clockAndRandomness(file("// \(code)")).isEmpty)
  }

  @Test("a clock that is an argument passes")
  func noClock() {
    let good = "func plan(at now: Timestamp) -> Date { isRandom(); lastUpdate(); return date }"
    #expect(Rules.clockAndRandomness(file(good)).isEmpty)
  }

  @Test(
    "forced results are found",
    arguments: [
      "let a = try! b()", "fatalError(\"x\")", "let a = b as! C", "let a = b!", "b()!.c", "a[0]!",
      "var a: String!", "\"\\(a!)\"", "DispatchQueue.main.async {}",
    ])
  func forced(_ code: String) {
    #expect(Rules.forbidden(file(code)).count == 1, "\(Rules.forbidden(file(code)))")
  }

  @Test(
    "negation, comparison and text pass",
    arguments: [
      "!a", "a != b", "if !a, b != c { }", "\"no!\"", "a && !b", "[!a]", "x.fatalErrors()",
    ])
  func notForced(_ code: String) {
    #expect(Rules.forbidden(file(code)).isEmpty)
  }

  @Test("printing is found outside the modules that may")
  func printing() {
    let code = "print(\"x\")"
    #expect(Rules.printing(file(code)).count == 1)
    #expect(Rules.printing(file(code, "Sources/Programs/aspen/X.swift")).isEmpty)
    #expect(Rules.printing(file(code, "Sources/Services/AspenCommands/X.swift")).isEmpty)
    #expect(Rules.printing(file("blueprint(x); a.print(x); func print(_ a: A) {}")).isEmpty)
  }

  @Test("a file that is too long is found")
  func length() {
    #expect(Rules.length(path: "a", text: String(repeating: "a\n", count: 500)).isEmpty)
    #expect(Rules.length(path: "a", text: String(repeating: "a\n", count: 501)).count == 1)
  }

  @Test("unchecked sharing without a comment is found")
  func unsafety() {
    #expect(Rules.unexplainedUnsafety(file("final class A: @unchecked Sendable {}")).count == 1)
    #expect(Rules.unexplainedUnsafety(file("nonisolated(unsafe) var a = 1")).count == 1)
    #expect(
      Rules.unexplainedUnsafety(
        file("// Owned by its loop.\nfinal class A: @unchecked Sendable {}")
      )
      .isEmpty)
    #expect(
      Rules.unexplainedUnsafety(file("/// A.\n@x\nfinal class A:\n  B, @unchecked Sendable\n{}"))
        .isEmpty)
  }

  @Test(
    "a package declaration without a doc comment is found",
    arguments: [
      "package struct A {}", "package func a() {}", "  package init(a: Int) {}",
      "package init?(_ a: Int)", "@inlinable package func a() {}", "package static func a()",
      "package var a: Int { 1 }", "package final class A {", "package enum A: String {",
      "nonisolated package func a()", "package subscript(a: Int) -> Int { 1 }",
      "package static func + (a: A, b: A) -> A", "package typealias A = B",
      "package class func a()",
      "package convenience init(a: Int) {", "package protocol A: AnyObject {",
      "// no doc\npackage func a()", "/// far\n\npackage func a()",
    ])
  func undocumented(_ code: String) {
    #expect(Rules.documentation(file(code)).count == 1)
    #expect(
      Rules.documentation(file("/// Words.\n@inlinable\n" + code)).count
        == (code.hasPrefix("/") ? 1 : 0))
  }

  @Test(
    "stored properties, witnesses and imports need none",
    arguments: [
      "package let a: Int", "package var a: Int = 1", "package private(set) var a: Int",
      "package var description: String { x }", "package static func < (a: A, b: A) -> Bool { c }",
      "package static func == (a: A, b: A) -> Bool { c }", "package import AspenModel",
      "package override func ready(_ a: Int) {", "package func hash(into hasher: inout Hasher) {",
      "package init(from decoder: any Decoder)",
      "package static let a = 1", "let package = Package(name: x)", "case package",
    ])
  func needsNone(_ code: String) {
    #expect(Rules.documentation(file(code)).isEmpty)
  }
}
