import AspenModel

extension APIOperations {
  /// The operations of streams.
  package static let stream = KindOperations(
    KindTraits(
      kind: .stream, tag: .streams, readAccess: .role(.viewer, .camera),
      writeAccess: .role(.operator, .camera), components: .stream,
      createExample: [
        "name": "yard-small", "spec": ["camera": "yard", "max_fps": 5, "max_width": 640],
      ],
      updateExample: ["spec": ["enabled": false]], updateNote: "A stream keeps its camera.",
      deletesLater: true))

  /// Lists streams.
  package static var streamList: APIOperation { stream.list }
  /// Creates one.
  package static var streamCreate: APIOperation { creation(stream) }
  /// Shows one.
  package static var streamGet: APIOperation { stream.get }
  /// Changes one.
  package static var streamUpdate: APIOperation { stream.update }
  /// Deletes one.
  package static var streamDelete: APIOperation { stream.delete }
  /// Lists what one was before.
  package static var streamHistory: APIOperation { stream.history }
  /// Makes one what it was before.
  package static var streamRevert: APIOperation { stream.revert }

  /// Says why a stream is where it is, or nowhere.
  package static let streamExplain = APIOperation(
    "stream_explain", "GET", "/v1/streams/{name}/explain", "Explain where a stream runs, and why",
    tag: .streams, access: .role(.viewer, .camera), kind: .stream,
    answers: [.json(200, "Every worker, and what speaks against it.", .component(.explanation))])
}
