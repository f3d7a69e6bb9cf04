import AspenClient
import AspenModel

/// The commands that are alike for every kind of resource.
extension ResourceCommands {
  func runList(
    _ options: ControllerOptions, selector: String? = nil, in context: CommandContext
  ) async throws {
    try await Session.run(options, in: context) { session in
      let query = selector.map { [(name: "selector", value: $0)] } ?? []
      session.print(list: try await session.client.list(list, query: query), as: self)
    }
  }

  func runGet(
    _ name: String, _ options: ControllerOptions, in context: CommandContext
  ) async throws {
    try await Session.run(options, in: context) { session in
      session.print(try await session.client.resource(get, name), as: self)
    }
  }

  /// Deletes one after another and stops at the first that fails.
  func runDelete(
    _ names: [String], _ options: ControllerOptions, in context: CommandContext,
    done: String = "deleted"
  ) async throws {
    try await Session.run(options, in: context) { session in
      for name in names {
        _ = try await session.client.call(delete, name)
        if session.format == .table { context.write("\(noun) \(name) \(done)\n") }
      }
    }
  }
}
