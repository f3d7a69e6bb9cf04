import AspenAPI
import AspenClient
import AspenModel

/// The commands that are alike for every kind of resource.
extension ResourceCommands {
  /// Lists, as the options say.
  func runList(
    _ listing: ListOptions, _ options: ControllerOptions, in context: CommandContext
  ) async throws {
    try await Session.run(options, in: context) { session in
      let items = try await session.client.list(
        list, query: listing.query, limit: listing.limit, pageItems: listing.chunk)
      session.printer.print(
        list: items, as: self, fields: listing.fields, isSorted: listing.sort != nil)
    }
  }

  /// Shows one.
  func runGet(
    _ name: String, fields: FieldPaths? = nil, _ options: ControllerOptions,
    in context: CommandContext
  ) async throws {
    try await Session.run(options, in: context) { session in
      let resource = try await session.client.resource(get, name, query: fields?.query ?? [])
      if let fields, session.format == .table {
        session.printer.print(list: [resource], as: self, fields: fields)
      } else {
        session.print(resource, as: self)
      }
    }
  }

  /// Makes one; `query` has what is special to the kind.
  func runCreate(
    _ name: String, body: JSONValue, query: [(name: String, value: String)] = [],
    _ creation: CreateOptions, _ options: ControllerOptions, in context: CommandContext,
    done: String = "created"
  ) async throws {
    guard let create else { preconditionFailure("a \(noun) cannot be created") }
    try await Session.run(options, in: context) { session in
      let created = try await session.client.create(
        create, query: query + creation.query, body: body)
      session.print(done: creation.words("\(noun) \(name) \(done)"), created)
    }
  }

  /// Makes one whose answer holds a secret, which is all that goes to standard output.
  func runCreateSecret(
    _ name: String, body: JSONValue, _ creation: CreateOptions, _ options: ControllerOptions,
    in context: CommandContext
  ) async throws {
    guard let create else { preconditionFailure("a \(noun) cannot be created") }
    try await Session.run(options, in: context) { session in
      let created = try await session.client.create(create, query: creation.query, body: body)
      if creation.dryRun {
        return session.print(done: creation.words("\(noun) \(name) created"), created)
      }
      guard let token = created["token"]?.text else {
        throw ClientError.unexpectedAnswer("its answer holds no token")
      }
      if session.format == .table {
        context.writeError("\(noun) \(name) created; it is shown only now:")
        context.write(token + "\n")
      } else {
        session.printDocument(created)
      }
    }
  }

  /// Changes one by a merge patch, if nobody else has changed it since it was read.
  func runUpdate(
    _ name: String, patch: JSONValue, _ change: ChangeOptions, _ options: ControllerOptions,
    in context: CommandContext
  ) async throws {
    guard let update else { preconditionFailure("a \(noun) cannot be changed") }
    try await Session.run(options, in: context) { session in
      let updated = try await session.client.update(
        update, name, reading: get, patch: patch, ifMatch: change.ifMatch, query: change.query)
      session.print(done: change.words("\(noun) \(name) updated"), updated)
    }
  }

  /// Deletes one after another and stops at the first that fails, then waits for what still runs. Asks
  /// on a terminal before it deletes several.
  func runDelete(
    _ names: [String], _ deletion: DeleteOptions, _ options: ControllerOptions,
    in context: CommandContext, done: String = "deleted"
  ) async throws {
    guard let delete else { preconditionFailure("a \(noun) cannot be deleted") }
    try await Session.run(options, in: context) { session in
      let names = try await chosen(names, deletion, session)
      if names.isEmpty { return context.writeError("there is no \(noun) with these labels") }
      var going: [String] = []
      for name in names {
        let left = try await session.client.delete(
          delete, name, ifMatch: deletion.change.ifMatch ?? "*", query: deletion.change.query)
        let isGoing = left?["deletion_requested_at"]?.text != nil && !deletion.change.dryRun
        if isGoing, session.format == .table, !deletion.noWait {
          going.append(name)
        } else {
          let words = isGoing ? "is being \(done): its stream still runs" : done
          report(name, deletion.change.words("\(noun) \(name) \(words)"), left, session)
        }
      }
      let end = ContinuousClock.now + Self.deletionTime
      for name in going {
        try await waitUntilGone(name, end, session)
        report(name, "\(noun) \(name) \(done)", nil, session)
      }
    }
  }

  /// How long the end of what is deleted is waited for: far longer than a worker that lives needs.
  private static let deletionTime = Duration.seconds(60)

  private func waitUntilGone(
    _ name: String, _ end: ContinuousClock.Instant, _ session: Session
  ) async throws {
    while ContinuousClock.now < end {
      do throws(ClientError) {
        _ = try await session.client.call(get, name)
      } catch {
        if case .problem(let problem) = error, problem.status == 404 { return }
        throw error
      }
      try await Task.sleep(for: .milliseconds(250))
    }
    throw CommandError(
      .timeout, "\(noun) \(name) is still being deleted", "its stream still runs on a worker")
  }

  private func report(_ name: String, _ words: String, _ left: JSONValue?, _ session: Session) {
    if let left {
      session.print(done: words, left)
    } else if session.printer.choice == .name {
      session.context.write("\(noun.replacing(" ", with: "_"))/\(name)\n")
    } else if session.format == .table {
      session.context.write(words + "\n")
    }
  }

  /// The names to delete: those that are given, or those whose labels fulfil the selector.
  private func chosen(
    _ names: [String], _ deletion: DeleteOptions, _ session: Session
  ) async throws -> [String] {
    var names = names
    if let selector = deletion.selection.selector {
      names = try await session.client.list(list, query: [(name: "selector", value: selector)])
        .map { ResourceDocument($0).name }.sorted()
    }
    let isMany = names.count > 1 || deletion.selection.selector != nil
    if isMany, !names.isEmpty, !deletion.change.dryRun {
      let shown = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
      let nouns = names.count == 1 ? noun : "\(noun)s"
      try session.confirm("Delete \(names.count) \(nouns): \(shown)?")
    }
    return names
  }
}
