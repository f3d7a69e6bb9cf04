/// Percent-encoding of what goes into a URL (RFC 3986 2.3: all but the unreserved characters).
enum URLEncoding {
  /// The text as one path segment, or as one name or value of a query.
  static func encode(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  /// A path and its query: `/v1/cameras?limit=5`.
  static func target(_ path: String, query: [(name: String, value: String)]) -> String {
    if query.isEmpty { return path }
    return path + "?"
      + query.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
  }

  /// An operation's path with its one parameter filled in.
  static func path(_ template: String, parameter: String?) -> String {
    guard let name = parameterNames(template).first else {
      precondition(parameter == nil, "the path takes no parameter")
      return template
    }
    guard let parameter else { preconditionFailure("the path takes a parameter") }
    return path(template, parameters: [name: parameter])
  }

  /// An operation's path with all its parameters filled in, by name.
  static func path(_ template: String, parameters: [String: String]) -> String {
    var result = template
    for name in parameterNames(template) {
      guard let value = parameters[name] else { preconditionFailure("the path takes '\(name)'") }
      result = result.replacing("{\(name)}", with: encode(value))
    }
    return result
  }

  /// The words in the braces of a path.
  private static func parameterNames(_ template: String) -> [String] {
    template.split(separator: "/").compactMap { part in
      part.hasPrefix("{") && part.hasSuffix("}") ? String(part.dropFirst().dropLast()) : nil
    }
  }
}
