import AspenModel

/// What an operator can do about a stream that does not stream, as commands where there is one.
enum NextSteps {
  /// The steps for a stream by its explanation and, if it could be read, itself; none while it
  /// streams.
  static func steps(_ explanation: JSONValue, _ stream: JSONValue?) -> [String] {
    let phase = explanation["phase"]?.text
    if phase == "streaming" { return [] }
    let name = explanation["stream"]?.text ?? ""
    if stream?["spec"]?["enabled"]?.flag == false {
      return ["the stream is switched off: aspen stream update \(name) --enable"]
    }
    if let fault = stream?["status"]?["fault"]?.text {
      return forFault(fault, camera: stream?["spec"]?["camera"]?.text ?? name)
    }
    if explanation["worker"]?.text == nil { return forPlacement(explanation, stream, name) }
    return ["it is on its way: aspen wait stream \(name) --for=streaming"]
  }

  private static func forFault(_ fault: String, camera: String) -> [String] {
    guard let fault = CameraFault(rawValue: fault) else {
      return ["look at the log: aspen logs --level warning"]
    }
    switch fault {
    case .unauthorized:
      return ["set the camera's user: aspen camera update \(camera) --username … --password-stdin"]
    case .resolution, .refused, .unreachable, .timeout:
      return [
        "see that the camera is on and its worker can reach it; its address: "
          + "aspen camera update \(camera) --address …"
      ]
    case .notFound:
      return ["the camera has no such path: aspen camera update \(camera) --address …"]
    case .fileMissing:
      return ["put the file in the worker's media directory"]
    case .unsupportedTransport:
      return ["try another transport: aspen camera update \(camera) --transport tcp"]
    case .noVideo, .unsupportedCodec:
      return ["let the camera send H.264, H.265 or MJPEG on this path"]
    case .noKeyframe, .decodeErrors, .stalled, .ended, .protocolError:
      return [
        "see how the camera's network is; a camera that loses packets over UDP may not over TCP: "
          + "aspen camera update \(camera) --transport tcp"
      ]
    }
  }

  private static func forPlacement(
    _ explanation: JSONValue, _ stream: JSONValue?, _ name: String
  ) -> [String] {
    let candidates = explanation["candidates"]?.elements ?? []
    if candidates.isEmpty {
      return ["let a worker join: aspen join-token create …, then start aspen-worker with it"]
    }
    if candidates.contains(where: { $0["feasible"]?.flag == true }) {
      return ["it is about to be placed: aspen wait stream \(name) --for=streaming"]
    }
    var steps: [String] = []
    let reasons = candidates.map { candidate in
      (candidate["reasons"]?.elements ?? []).compactMap(\.text).joined(separator: "; ").lowercased()
    }
    for (candidate, reason) in zip(candidates, reasons)
    where reason.contains("cordoned") || reason.contains("draining") {
      if steps.isEmpty {
        steps.append("let a worker take streams again: aspen uncordon \(worker(of: candidate))")
      }
    }
    if let require = stream?["spec"]?["require"]?.text, !require.isEmpty,
      reasons.contains(where: { $0.contains("label") })
    {
      steps.append(
        "give a worker the labels '\(require)': aspen worker update … --labels …, or ask for less: "
          + "aspen stream update \(name) --require …")
    }
    if reasons.contains(where: { $0.contains("full") || $0.contains("capacity") }) {
      steps.append("all that fit are full: let another worker join, or raise a worker's capacity")
    }
    if reasons.contains(where: { $0.contains("lost") || $0.contains("come back") }) {
      steps.append("see why a worker is not heard of: aspen worker list")
    }
    return steps.isEmpty ? ["see the workers' states: aspen worker list"] : steps
  }

  private static func worker(of candidate: JSONValue) -> String { candidate["worker"]?.text ?? "…" }
}
