import AspenAPI
import AspenModel
import Testing

@Suite("The declared operations")
struct APIOperationsTests {
  private static let changing = APIOperations.all.filter { $0.method != "GET" }

  /// They change nothing that is stored, or are steps of a protocol.
  private static let withoutDryRun: Set<String> = [
    "session_create", "session_delete", "setup_complete", "view_link_create", "resource_plan",
    "worker_join",
  ]

  @Test("ids are noun_verb and, like routes, unique")
  func ids() {
    for operation in APIOperations.all {
      let words = operation.id.split(separator: "_", omittingEmptySubsequences: false)
      let isWord = words.allSatisfy { word in
        !word.isEmpty && word.utf8.allSatisfy { (0x61...0x7A).contains($0) }
      }
      #expect(words.count >= 2 && isWord, "\(operation.id)")
    }
    #expect(Set(APIOperations.all.map(\.id)).count == APIOperations.all.count)
    #expect(
      Set(APIOperations.all.map { $0.method + $0.path }).count == APIOperations.all.count)
  }

  @Test("every kind that users write has the same operations", arguments: KindOperations.kinds)
  func kinds(kind: ResourceKind) throws {
    let operations = try #require(APIOperations.of(kind))
    let verbs = operations.all.map { $0.id.dropFirst(kind.rawValue.count + 1) }
    let create: [Substring] = kind == .worker ? [] : ["create"]
    #expect(verbs == ["list"] + create + ["get", "update", "delete", "history", "revert"])
    #expect(operations.all.allSatisfy { $0.path.hasPrefix("/v1/\(kind.plural)") })
    #expect(operations.all.allSatisfy { $0.kind == kind && APIOperations.all.contains($0) })
  }

  @Test("every parameter of a path is declared, and no parameter twice")
  func pathParameters() {
    for operation in APIOperations.all {
      let inPath = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
        .map { String($0.dropFirst().dropLast()) }
      #expect(inPath == operation.parameters.filter { $0.place == .path }.map(\.name))
      #expect(
        Set(operation.parameters.map(\.name)).count == operation.parameters.count,
        "\(operation.id)")
    }
  }

  @Test("every change can be tried without being made")
  func dryRuns() {
    for operation in Self.changing {
      #expect(
        operation.isDryRunnable == !Self.withoutDryRun.contains(operation.id), "\(operation.id)")
      #expect(operation.isDryRunnable == operation.queryNames.contains("dry_run"))
    }
  }

  @Test("what changes something that is there needs If-Match and says so")
  func preconditions() {
    for operation in APIOperations.all {
      let changes =
        KindOperations.kinds.contains { $0 == operation.kind }
        && ["_update", "_delete", "_revert"].contains { operation.id.hasSuffix($0) }
      #expect(operation.needsIfMatch == changes, "\(operation.id)")
      #expect(operation.problems.contains(.preconditionRequired) == changes, "\(operation.id)")
      #expect(operation.problems.contains(.preconditionFailed) == changes, "\(operation.id)")
    }
  }

  @Test("a POST that changes something takes an idempotency key")
  func idempotency() {
    for operation in Self.changing {
      let isExpected = operation.method == "POST" && operation.isDryRunnable
      #expect(operation.takesIdempotencyKey == isExpected, "\(operation.id)")
    }
  }

  @Test("whoever must prove something may be refused")
  func refusals() {
    for operation in APIOperations.all where operation.access != .open {
      #expect(operation.problems.contains(.unauthorized), "\(operation.id)")
      #expect(operation.problems.contains(.forbidden), "\(operation.id)")
    }
  }

  @Test("what is of one camera is open to grants with a selector, the rest is not")
  func scopes() {
    for kind in KindOperations.kinds {
      for operation in APIOperations.of(kind)?.all ?? [] {
        guard case .role(_, let scope) = operation.access else {
          Issue.record("\(operation.id) is open")
          continue
        }
        #expect((scope == .camera) == kind.isOfCamera, "\(operation.id)")
      }
    }
  }

  @Test("every example is what its schema says")
  func examples() {
    for operation in APIOperations.all {
      guard let body = operation.body, let example = body.example else { continue }
      #expect(body.schema.violations(of: example) == [], "\(operation.id)")
    }
  }
}
