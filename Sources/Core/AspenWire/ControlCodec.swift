import FoundationEssentials

/// A control message that cannot be read, in words.
package struct ControlError: Error, Sendable, CustomStringConvertible {
  package let description: String
}

private struct Envelope<Body: Codable>: Codable {
  let type: String
  let body: Body
}

private struct EnvelopeHead: Codable {
  let type: String
}

private func encoded<Body: Codable>(_ type: String, _ body: Body) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  // Encoding plain values cannot fail; an empty message is refused by the receiver.
  let data = (try? encoder.encode(Envelope(type: type, body: body))) ?? Data()
  return String(decoding: data, as: UTF8.self)
}

private func decoded<Body: Codable>(_ type: Body.Type, _ data: Data) throws(ControlError) -> Body {
  do {
    return try JSONDecoder().decode(Envelope<Body>.self, from: data).body
  } catch {
    throw ControlError(description: "malformed control message: \(error)")
  }
}

private func head(_ data: Data) throws(ControlError) -> String {
  do {
    return try JSONDecoder().decode(EnvelopeHead.self, from: data).type
  } catch {
    throw ControlError(description: "control message without a type")
  }
}

extension WorkerMessage {
  /// The message as JSON text: `{"body": …, "type": "hello"}`.
  package var text: String {
    switch self {
    case .hello(let body): encoded("hello", body)
    case .heartbeat(let body): encoded("heartbeat", body)
    case .status(let body): encoded("status", body)
    }
  }

  /// Reads a message; unknown types are an error.
  package init(parsing text: String) throws(ControlError) {
    let data = Data(text.utf8)
    switch try head(data) {
    case "hello": self = .hello(try decoded(Hello.self, data))
    case "heartbeat": self = .heartbeat(try decoded(Heartbeat.self, data))
    case "status": self = .status(try decoded(Status.self, data))
    case let type: throw ControlError(description: "unknown control message '\(type.prefix(32))'")
    }
  }
}

extension ControllerMessage {
  /// The message as JSON text.
  package var text: String {
    switch self {
    case .welcome(let body): encoded("welcome", body)
    case .desired(let body): encoded("desired", body)
    case .demand(let body): encoded("demand", body)
    case .controllers(let body): encoded("controllers", body)
    case .heard(let body): encoded("heard", body)
    }
  }

  /// Reads a message; unknown types are an error.
  package init(parsing text: String) throws(ControlError) {
    let data = Data(text.utf8)
    switch try head(data) {
    case "welcome": self = .welcome(try decoded(Welcome.self, data))
    case "desired": self = .desired(try decoded(DesiredSet.self, data))
    case "demand": self = .demand(try decoded(DemandSet.self, data))
    case "controllers": self = .controllers(try decoded(Controllers.self, data))
    case "heard": self = .heard(try decoded(Heard.self, data))
    case let type: throw ControlError(description: "unknown control message '\(type.prefix(32))'")
    }
  }
}
