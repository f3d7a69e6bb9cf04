import AspenModel
import Testing

@testable import AspenCommands

@Suite("JSONPath")
struct JSONPathTests {
  private static let document: JSONValue = [
    "items": [
      [
        "name": "yard", "labels": ["b": "c", "site/name": "hof"], "spec": ["fps": .number(2.5)],
        "conditions": [
          ["type": "Placed", "status": "true"], ["type": "Streaming", "status": "false"],
        ],
      ],
      ["name": "gate", "labels": [:], "conditions": []],
    ]
  ]

  @Test(
    "a template picks values",
    arguments: [
      ("{.items[*].name}", "yard gate"), ("{.items[0].name}", "yard"),
      ("{.items[-1].name}", "gate"), ("{$.items[0].spec}", #"{"fps":2.5}"#),
      ("{.items[0].labels['site/name']}", "hof"), ("{.items[0].labels.*}", "c hof"),
      ("{.items[7].name}{.nothing}", ""), ("plain", "plain"), ("", ""),
      (#"{range .items[*]}{.name}{"\n"}{end}"#, "yard\ngate\n"),
      (
        #"{range .items[*]}{.name}:{range .conditions[*]} {@.type}{end};{end}"#,
        "yard: Placed Streaming;gate:;"
      ),
      (#"{.items[*].conditions[?(@.type=="Streaming")].status}"#, "false"),
      (#"{.items[*].conditions[?(@.type != 'Streaming')].status}"#, "true"),
      ("{ .items[0].name }", "yard"), ("{'it''s'}", nil), ("{.items[0].spec.fps} fps", "2.5 fps"),
    ] as [(String, String?)])
  func templates(template: String, expected: String?) {
    let text = (try? JSONPath(template))?.text(of: Self.document)
    #expect(text == expected)
  }

  @Test(
    "a template with a mistake is refused",
    arguments: [
      "{.a", "{end}", "{range .a}", "{.a[}", "{.a[x]}", "{.a[?(.b==1)]}", "{\"open}", "{.a b}",
      "{.a[?(@.b==)]}", String(repeating: "{range .a}", count: 40),
    ])
  func mistakes(template: String) {
    #expect(throws: JSONError.self) { try JSONPath(template) }
  }
}
