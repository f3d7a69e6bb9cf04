package import AspenModel

/// Holds answers against the declarations: what a response is must be what the document says.
package enum ResponseContract {
  /// The body was not looked at beyond this many bytes; nothing that is declared is so long.
  package static let maxBodyBytes = 64 * 1024 * 1024

  /// Where a response to `operation` is not what is declared; empty if all is well.
  package static func violations(
    of operation: APIOperation, status: Int, contentType: String?, body: [UInt8]
  ) -> [FieldViolation] {
    if status >= 400 {
      return problemViolations(of: operation, status: status, contentType: contentType, body: body)
    }
    let answers = operation.answers.filter { $0.status == status }
    if answers.isEmpty {
      return [FieldViolation(field: "status", reason: "\(status) is not declared")]
    }
    let type = mediaType(contentType)
    for answer in answers {
      switch answer.content {
      case .webSocket: return []
      case .events where type == MediaType.events: return []
      case .events: continue
      case .nothing:
        return body.isEmpty ? [] : [FieldViolation(field: "/", reason: "must have no body")]
      case .json(let schema, _) where type == MediaType.json: return violations(of: body, schema)
      case .json(_, let part?) where type == MediaType.part: return violations(of: body, part)
      case .json: continue
      }
    }
    return [undeclared(contentType)]
  }

  private static func problemViolations(
    of operation: APIOperation, status: Int, contentType: String?, body: [UInt8]
  ) -> [FieldViolation] {
    guard operation.problems.contains(where: { $0.status == status }) else {
      return [FieldViolation(field: "status", reason: "\(status) is not declared")]
    }
    guard mediaType(contentType) == MediaType.problem else { return [undeclared(contentType)] }
    let found = violations(of: body, .component(.problem))
    guard found.isEmpty, let json = try? JSONValue(parsing: body) else { return found }
    if json["status"]?.wholeNumber == Int64(status) { return [] }
    return [FieldViolation(field: "/status", reason: "is not the status of the response")]
  }

  private static func violations(of body: [UInt8], _ schema: APISchema) -> [FieldViolation] {
    if body.count > maxBodyBytes {
      return [FieldViolation(field: "/", reason: "is longer than \(maxBodyBytes) bytes")]
    }
    do {
      return schema.violations(of: try JSONValue(parsing: body))
    } catch {
      return [FieldViolation(field: "/", reason: error.message)]
    }
  }

  private static func mediaType(_ contentType: String?) -> String? {
    contentType?.split(separator: ";").first.map {
      String($0).lowercased().replacing(" ", with: "")
    }
  }

  private static func undeclared(_ contentType: String?) -> FieldViolation {
    FieldViolation(
      field: "Content-Type", reason: "'\(contentType ?? "none")' is not declared")
  }
}
