import AspenClient
import AspenModel

/// Documents on their way to the controller.
struct ManifestRequest: Sendable {
  let documents: [ManifestDocument]

  /// Sends them; an error about a field says in which file it is.
  func send(_ path: String, isDryRun: Bool = false, _ session: Session) async throws -> JSONValue {
    do throws(ClientError) {
      return try await session.client.sendOnce(
        path, query: isDryRun ? [(name: "dry_run", value: "true")] : [],
        body: ["documents": .array(documents.map(\.json))], timeout: .seconds(120))
    } catch {
      throw located(error) ?? error
    }
  }

  /// The problem with its documents' places; nil when it names none.
  private func located(_ error: ClientError) -> CommandError? {
    guard case .problem(let problem) = error, !problem.errors.isEmpty else { return nil }
    var found = false
    let lines = problem.errors.map { error in
      guard let (document, field) = document(error.field) else {
        return "\(error.field): \(error.reason)"
      }
      found = true
      return document.place.message(field, error.reason)
    }
    guard found else { return nil }
    return CommandError(
      CommandStatus(error), lines: lines, atMost: ManifestReader.maxMessages)
  }

  /// The document that `/documents/3/spec/address` is in, and the field in it.
  private func document(_ pointer: String) -> (ManifestDocument, field: String)? {
    let prefix = "/documents/"
    guard pointer.hasPrefix(prefix) else { return nil }
    let rest = pointer.dropFirst(prefix.count)
    let end = rest.firstIndex(of: "/") ?? rest.endIndex
    guard let index = Int(rest[..<end]), documents.indices.contains(index) else { return nil }
    return (documents[index], String(rest[end...]))
  }
}

extension Session {
  /// What the controller's answer says, or the error that it says something else.
  func report<Report>(_ json: JSONValue, _ read: (JSONValue) -> Report?) throws -> Report {
    guard let report = read(json) else {
      throw ClientError.unexpectedAnswer("its answer lacks what was asked for")
    }
    return report
  }
}
