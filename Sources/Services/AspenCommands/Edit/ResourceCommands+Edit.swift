import AspenClient
import AspenModel
import AspenNet
import AspenRuntime

extension ResourceCommands {
  /// Lets somebody change one in an editor, and sends what they changed if nobody else has changed it
  /// in the meantime.
  func runEdit(
    _ name: String, _ change: ChangeOptions, _ options: ControllerOptions,
    in context: CommandContext
  ) async throws {
    guard let update else { preconditionFailure("a \(noun) cannot be changed") }
    try await Session.run(options, in: context) { session in
      let answer = try await session.client.call(get, name)
      let before = Self.editable(answer.body ?? .object([]))
      let file = try Self.file(before, context)
      let after = try await Self.edited(file, context)
      let patch = MergePatch.from(before, to: after)
      guard patch != .object([]) else {
        file.remove()
        return context.writeError("\(noun) \(name) is unchanged")
      }
      do throws(ClientError) {
        let updated = try await session.client.update(
          update, name, reading: get, patch: patch, ifMatch: change.ifMatch ?? answer.entityTag,
          query: change.query)
        file.remove()
        session.print(done: change.words("\(noun) \(name) updated"), updated)
      } catch {
        context.writeError("your text is kept in \(file.path)")
        throw error
      }
    }
  }

  /// What its users may change.
  private static func editable(_ resource: JSONValue) -> JSONValue {
    .object(compacting: ["labels", "annotations", "spec"].map { ($0, resource[$0]) })
  }

  private static func file(
    _ document: JSONValue, _ context: CommandContext
  ) throws(CommandError) -> EditedFile {
    do throws(RuntimeError) {
      return try EditedFile(
        document.prettyPrinted + "\n", in: context.environment.filled("TMPDIR") ?? "/tmp",
        suffix: ".json")
    } catch {
      throw CommandError(error)
    }
  }

  /// The document as the editor leaves it. The file stays when it cannot be used.
  private static func edited(
    _ file: EditedFile, _ context: CommandContext
  ) async throws -> JSONValue {
    let editor =
      context.environment.filled("VISUAL") ?? context.environment.filled("EDITOR") ?? "vi"
    // An editor is open for minutes.
    let blocking = BlockingPool(name: "editor", maxThreads: 1)
    defer { blocking.stop() }
    do {
      let text = try await blocking.run { try file.edit(with: editor) }
      let document = try JSONValue(parsing: Array(text.utf8))
      guard document.members != nil else { throw JSONError(message: "is no object") }
      return document
    } catch let error as RuntimeError {
      throw CommandError(.refused, error.description, "your text is kept in \(file.path)")
    } catch let error as JSONError {
      throw CommandError(
        .usage, "the text is not JSON: \(error.message)", "it is kept in \(file.path)")
    }
  }
}
