import AspenModel
import AspenTestSupport
import Foundation
import Testing

@testable import AspenCommands

@Suite("Manifests")
struct ManifestTests {
  private func read(_ text: String, file: String = "a.yaml") throws -> [ManifestDocument] {
    try ManifestReader.documents(Array(text.utf8), file: file)
  }

  private func lines(_ text: String, file: String = "a.yaml") -> [String] {
    do {
      let documents = try read(text, file: file)
      try ManifestReader.requireDistinct(documents)
      return []
    } catch {
      return (error as? CommandError)?.lines ?? ["\(error)"]
    }
  }

  @Test(
    "a plain scalar means what the core schema of YAML 1.2 says",
    arguments: [
      ("no", "no"), ("on", "on"), ("y", "y"), ("12:30", "12:30"), ("0777", 777), ("0o17", 15),
      ("0x1F", 31), ("-7", -7), ("+7", 7), ("1e3", 1000), ("1_000", "1_000"), (".5", .number(0.5)),
      ("5.", 5), ("1.5e-3", .number(0.0015)), ("true", true), ("FALSE", false), ("tRue", "tRue"),
      ("null", .null), ("~", .null), ("", .null), ("2026-01-01", "2026-01-01"), ("-", "-"),
      (".", "."), ("e5", "e5"), ("1e", "1e"), ("0x", "0x"), ("0x-1", "0x-1"),
    ] as [(String, JSONValue)])
  func scalars(text: String, value: JSONValue) {
    #expect(YAMLScalar.value(text) == value)
  }

  @Test("numbers that JSON lacks are none", arguments: [".inf", "-.INF", ".nan", "1e999"])
  func specialNumbers(text: String) {
    #expect(YAMLScalar.value(text) == nil)
  }

  @Test("YAML holds several documents; quotes, labels and names make texts of what looks like more")
  func yaml() throws {
    let documents = try read(
      """
      # two cameras
      kind: camera
      name: 7
      labels: {floor: 2, gpu: no, old: "true"}
      annotations:
        note: |
          line one
          line two
      spec:
        address: rtsp://10.0.0.7/s1
        limits: [1, 2.5, "3", ~, 'x']
        enabled: yes
      ---
      ---
      {"kind": "stream", "name": "yard", "spec": {"camera": "7", "max_fps": 5}}
      """)
    #expect(documents.map(\.name) == ["7", "yard"])
    #expect(documents.map(\.place.number) == [1, 3])
    let first = try #require(documents.first)
    #expect(first.labels == ["floor": "2", "gpu": "no", "old": "true"])
    #expect(first.annotations == ["note": "line one\nline two\n"])
    #expect(
      first.spec == [
        "address": "rtsp://10.0.0.7/s1", "enabled": "yes",
        "limits": [1, .number(2.5), "3", .null, "x"],
      ])
    #expect(documents.last?.spec == ["camera": "7", "max_fps": 5])
  }

  @Test("what get prints is a document, and what nobody can set is left out of it")
  func printed() throws {
    let resource = try JSONValue(parsing: Array(CommandTests.yard.utf8))
    let yaml = try read(YAMLText.write(resource))
    let json = try read(resource.prettyPrinted, file: "a.json")
    let list = try read(YAMLText.write([resource]), file: "-")
    for documents in [yaml, json, list] {
      let document = try #require(documents.first)
      #expect(documents.count == 1)
      #expect(
        document.json == [
          "kind": "camera", "labels": ["site": "hof"], "name": "yard",
          "spec": resource["spec"] ?? .null,
        ])
    }
  }

  @Test(
    "JSON comes as one document, a list, an object with items, or a line each",
    arguments: [
      ("a.json", #"[{"kind":"site","name":"a"},{"kind":"site","name":"b"}]"#),
      ("-", #"{"items":[{"kind":"site","name":"a"},{"kind":"site","name":"b"}]}"#),
      ("a.json", "{\"kind\":\"site\",\"name\":\"a\"}\n\n{\"kind\":\"site\",\"name\":\"b\"}\n"),
      ("a.jsonl", "{\"kind\":\"site\",\"name\":\"a\"}\n{\"kind\":\"site\",\"name\":\"b\"}"),
      ("a.yaml", "items:\n- {kind: site, name: a}\n- kind: site\n  name: b\n"),
    ])
  func json(file: String, text: String) throws {
    let documents = try read(text, file: file)
    #expect(documents.map(\.name) == ["a", "b"])
  }

  @Test(
    "an error names file, document, line and field",
    arguments: [
      ("kind: camera\nspec: {}\n", ["a.yaml: document 1, line 1: name: is required"]),
      (
        "kind: site\nname: a\n---\nkind: boat\nname: b\nspex: {}\n",
        [
          "a.yaml: document 2, line 4: kind: must be one of: camera, stream, worker, site, token, role_binding, user, join_token",
          "a.yaml: document 2, line 6: spex: is not a known field; known are: annotations, kind, labels, name, spec",
        ]
      ),
      (
        "kind: site\nname: a\nlabels:\n  x: [1]\n  y:\n",
        [
          "a.yaml: document 1, line 4: labels.x: must be a text, not an array; use quotes",
          "a.yaml: document 1, line 5: labels.y: must be a text, not null; use quotes",
        ]
      ),
      (
        "- kind: site\n  name: a\n- kind: site\n  name: b\n  spec: 7\n",
        ["a.yaml: document 1, item 2, line 5: spec: must be an object, not a whole number"]
      ),
      (
        "just words",
        [
          "a.yaml: document 1, line 1: must be an object with kind, name and spec, not a string"
        ]
      ),
      (
        "a: b: c",
        ["a.yaml: line 1: is not valid YAML: mapping values are not allowed in this context"]
      ),
      ("a: 1\na: 2\n", ["a.yaml: line 2: has the member 'a' twice"]),
      ("<<: {a: b}\n", ["a.yaml: line 1: has a merge key '<<', which YAML 1.2 does not know"]),
      (
        "a: !!binary aGk=\n",
        ["a.yaml: line 1: has the tag 'tag:yaml.org,2002:binary', which has no use"]
      ),
      ("a: *b\n", ["a.yaml: line 1: has the alias '*b', which stands for nothing"]),
      ("? [a]\n: b\n", ["a.yaml: line 1: has a key that is not a plain text"]),
      ("a: .inf", ["a.yaml: line 1: has a number that JSON cannot express"]),
      (
        "kind: site\nname: a\n---\nkind: site\nname: a\n",
        [
          "a.yaml: document 2, line 4: site/a is described twice",
          "a.yaml: document 1, line 1: here too",
        ]
      ),
    ] as [(String, [String])])
  func errors(text: String, expected: [String]) {
    #expect(lines(text) == expected)
  }

  @Test("an error of JSON names the line")
  func jsonErrors() {
    #expect(
      lines("{\"kind\":\"site\",\"name\":\"a\"}\n{oops}\n", file: "a.json")
        == ["a.json: line 2: is not valid JSON: expected a member name (line 1, column 2)"])
    #expect(
      lines("{\n  oops\n}", file: "a.json")
        == ["a.json: is not valid JSON: expected a member name (line 2, column 3)"])
    #expect(
      lines("{\"kind\":\"site\",\"name\":\"a\",\"labels\":{\"x\":1}}", file: "a.json").count == 1)
  }

  @Test("aliases are followed, but not to more values than a file may have")
  func aliases() throws {
    let documents = try read(
      "kind: site\nname: a\nspec:\n  one: &x {a: 1}\n  two: *x\n")
    #expect(documents.first?.spec == ["one": ["a": 1], "two": ["a": 1]])
    var bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
    for level in 1...12 {
      let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
      bomb += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(lines(bomb).first?.contains("has more than 500000 values") == true)
  }

  @Test(
    "a key is a plain text",
    arguments: ["*a : x", "? *a\n: x", "[*a]: x", "{[*a] : x}", "{? *a : x}", "? - 1\n: x"])
  func keys(text: String) {
    #expect(
      lines(text).first?.hasSuffix("has a key that is not a plain text") == true)
  }

  @Test("depth has an end")
  func depth() {
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(lines(deep) == ["a.yaml: line 1: is nested deeper than 64"])
  }

  @Test("a directory gives its files in the order of their names, and only those of a known kind")
  func directory() throws {
    let directory = try TemporaryDirectory()
    for (name, text) in [
      ("b.yaml", "kind: site\nname: b"), ("a.json", #"{"kind":"site","name":"a"}"#),
      ("notes.txt", "nothing"), (".hidden.yaml", "nothing"), ("yaml", "nothing"),
    ] {
      try Data(text.utf8).write(to: URL(filePath: directory.file(name)))
    }
    let context = CommandContext(environment: [:], write: { _ in }, writeError: { _ in })
    let documents = try ManifestFiles.documents([directory.file("")], in: context)
    #expect(documents.map(\.name) == ["a", "b"])
  }

  @Test("more documents than a request takes are refused with the way out")
  func tooMany() throws {
    let lines = Collected((0...1_000).map { #"{"kind":"site","name":"s\#($0)"}"# })
    let context = CommandContext(
      environment: [:], write: { _ in }, writeError: { _ in },
      readLine: {
        let line = lines.value.first
        lines.update { $0 = Array($0.dropFirst()) }
        return line
      })
    let error = #expect(throws: CommandError.self) {
      try ManifestFiles.documents(["-"], in: context)
    }
    #expect(error?.status == .usage)
    #expect(error?.lines.first == "there are 1001 documents, and one request takes 1000")
  }
}
