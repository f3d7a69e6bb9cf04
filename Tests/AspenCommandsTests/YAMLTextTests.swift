import AspenModel
import Testing

@testable import AspenCommands

@Suite("YAML")
struct YAMLTextTests {
  @Test(
    "a text is plain only when no reader can take it for something else",
    arguments: [
      ("yard", "yard"), ("Yard camera 7", "Yard camera 7"), ("a/b-c_d.e", "a/b-c_d.e"),
      ("", #""""#), ("true", #""true""#), ("Yes", #""Yes""#), ("NO", #""NO""#), ("n", #""n""#),
      ("null", #""null""#), ("~", #""~""#), ("12", #""12""#), ("1e5", #""1e5""#),
      ("0x1F", #""0x1F""#), (".inf", #"".inf""#),
      ("2026-01-01T00:00:00Z", #""2026-01-01T00:00:00Z""#),
      ("rtsp://host:554/x", #""rtsp://host:554/x""#), ("a: b", #""a: b""#), ("a #b", #""a #b""#),
      ("- a", #""- a""#), (" a", #"" a""#), ("a ", #""a ""#), ("*a", #""*a""#), ("&a", #""&a""#),
      ("!a", #""!a""#), ("%a", #""%a""#), ("@a", #""@a""#), ("`a", #""`a""#), ("{a}", #""{a}""#),
      ("a\nb", #""a\nb""#), ("a\"b\\c", #""a\"b\\c""#), ("\u{1B}[2J", #""\u001B[2J""#),
      ("\u{85}", #""\u0085""#), ("\u{2028}", #""\u2028""#), ("Hof über", #""Hof über""#),
    ])
  func scalars(text: String, expected: String) {
    #expect(YAMLText.write(.string(text)) == expected + "\n")
  }

  @Test(
    "numbers stay numbers, also for a reader of YAML 1.1",
    arguments: [
      (JSONValue.integer(-7), "-7"), (.number(2.5), "2.5"), (.number(1e20), "1.0e+20"),
      (.number(1.5e-9), "1.5e-09"), (.number(.infinity), "null"), (.bool(true), "true"),
      (.null, "null"),
    ])
  func numbers(value: JSONValue, expected: String) {
    #expect(YAMLText.write(value) == expected + "\n")
  }

  @Test("objects and lists nest by two blanks, empty ones stay in their line")
  func nesting() {
    let document: JSONValue = [
      [
        "name": "yard", "labels": [:], "spec": ["uses": 3, "on": "off"], "streams": ["a", "b"],
        "empty": [],
      ],
      "text",
      [["x", ["y", "z"]], [["k": "v"], ["k": ["deep": [1]]]]],
    ]
    #expect(
      YAMLText.write(document) == """
        - name: yard
          labels: {}
          spec:
            uses: 3
            "on": "off"
          streams:
            - a
            - b
          empty: []
        - text
        - - - x
            - - "y"
              - z
          - - k: v
            - k:
                deep:
                  - 1

        """)
    #expect(YAMLText.write([]) == "[]\n")
  }
}
