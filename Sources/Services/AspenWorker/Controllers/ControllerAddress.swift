import AspenHTTP

/// Where a controller is: `http://` or `https://`, host and port.
package struct ControllerAddress: Sendable, Hashable, CustomStringConvertible {
  /// Without a slash at its end.
  package let text: String

  private enum Limits {
    static let bytes = 512
  }

  /// Reads an address; the error names the configuration's field.
  package init(_ text: String) throws(WorkerError) {
    var text = text
    while text.hasSuffix("/") { text.removeLast() }
    guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
      throw .configuration(field: "controller", reason: "must begin with http:// or https://")
    }
    guard text.utf8.count <= Limits.bytes else {
      throw .configuration(field: "controller", reason: "is too long")
    }
    do {
      _ = try HTTPURL(text + "/")
    } catch {
      throw .configuration(field: "controller", reason: "is no address: \(error)")
    }
    self.text = text
  }

  /// Reads addresses separated by commas; one at least.
  package static func list(_ text: String) throws(WorkerError) -> [ControllerAddress] {
    var list: [ControllerAddress] = []
    for part in text.split(separator: ",") {
      let address = try ControllerAddress(String(part.drop { $0 == " " }))
      if !list.contains(address) { list.append(address) }
    }
    return list
  }

  /// Whether what is sent there is encrypted.
  package var isTLS: Bool { text.hasPrefix("https://") }

  package var description: String { text }
}
