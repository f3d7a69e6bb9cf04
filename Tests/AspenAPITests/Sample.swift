import AspenModel

/// Resources as the store would return them.
enum Sample {
  static let at = Timestamp(microseconds: 1_767_225_600_000_000)

  static func stream(
    labels: [String: String] = [:], annotations: JSONValue = [:]
  ) throws -> Resource {
    try resource(
      .stream, "yard", spec: ["camera": "yard", "enabled": true], labels: labels,
      annotations: annotations)
  }

  static func resource(
    _ kind: ResourceKind, _ name: String, spec: JSONValue, labels: [String: String] = [:],
    annotations: JSONValue = [:]
  ) throws -> Resource {
    Resource(
      kind: kind,
      metadata: ResourceMetadata(
        id: 7, name: try ObjectName(name), labels: try Labels(labels), generation: 2,
        resourceVersion: 40, createdAt: at, updatedAt: at,
        annotations: try Annotations(json: annotations)),
      spec: spec, cameraLabels: nil)
  }

  /// A spec as it is shown, of every kind that users write.
  static let specs: [ResourceKind: JSONValue] = [
    .camera: [
      "type": "rtsp", "address": "rtsp://10.0.0.1/h264", "transport": "tcp", "username": "cam",
      "site": "hq",
    ],
    .stream: [
      "camera": "yard", "enabled": true, "max_fps": .number(2.5), "require": "gpu,site in (a,b)",
    ],
    .worker: ["cordoned": false, "draining": true],
    .site: ["description": "Über den Dächern"],
    .token: ["role": "viewer", "selector": "site=hq", "expires_at": "2026-01-01T00:00:00.000Z"],
    .roleBinding: ["subject": ["kind": "oidc_group", "name": "guards"], "role": "operator"],
    .user: ["display_name": "Alice", "disabled": false],
    .joinToken: ["uses": 3, "site": "hq"],
  ]

  /// A status as it is shown.
  static func status(of kind: ResourceKind) -> JSONValue {
    let condition: JSONValue = [
      "type": "Placed", "status": "true", "reason": "Assigned", "message": "on edge-1",
      "since": .string(at.text),
    ]
    switch kind {
    case .camera:
      return [
        "phase": "streaming", "message": "streaming", "conditions": [condition],
        "observed_generation": 2, "codec": "h264", "width": 1920, "height": 1080,
        "source_fps": .number(24.99), "streams": ["yard"],
      ]
    case .stream:
      return [
        "phase": "failing", "fault": "timeout", "message": "no answer", "conditions": [condition],
        "worker": "edge-1", "assignment_generation": 4, "reason": "least loaded", "viewers": 1,
        "frames_encoded": 100, "reconnects": 2,
      ]
    case .worker:
      return [
        "phase": "ready", "message": "connected", "conditions": [], "capacity_streams": 20,
        "streams": 3, "version": "0.1.0", "last_seen_at": .string(at.text),
      ]
    case .joinToken: return ["uses_remaining": 2]
    default: return [:]
    }
  }
}
