import AspenModel
import Testing

@testable import AspenCommands

@Suite("Field changes")
struct FieldChangeTests {
  @Test("two states are compared field by field, and a list is one field")
  func between() {
    let before: JSONValue = [
      "labels": ["a": "1", "b": "2"], "spec": ["fps": 5, "list": [1], "gone": true, "same": "x"],
      "status": ["phase": "streaming"],
    ]
    let after: JSONValue = [
      "labels": ["a": "1", "c": "3"], "annotations": [:],
      "spec": ["fps": 10, "list": [1, 2], "same": "x", "limits": ["deep": 1]],
      "status": ["phase": "failing"],
    ]
    #expect(
      FieldChange.betweenResources(before, after).map(\.line) == [
        #"labels.b: "2" → -"#, #"labels.c: - → "3""#, "spec.fps: 5 → 10", "spec.gone: true → -",
        "spec.limits.deep: - → 1", "spec.list: [1] → [1,2]",
      ])
  }

  @Test("an object that becomes a plain value is one change")
  func kinds() {
    #expect(
      FieldChange.between(["a": 1], 2, at: "spec.x").map(\.line) == [#"spec.x: {"a":1} → 2"#])
    #expect(FieldChange.between(nil, [:], at: "spec.x").map(\.line) == ["spec.x: - → {}"])
    #expect(FieldChange.between(["a": 1], ["a": 1]).isEmpty)
  }

  @Test("the lines of a diff have what goes and what comes")
  func diff() {
    let change = FieldChange(["field": "/spec/max_fps", "before": 5, "after": 10])
    #expect(change?.diffLines == ["- spec.max_fps: 5", "+ spec.max_fps: 10"])
    let added = FieldChange(["field": "/labels/a~1b", "after": "x"])
    #expect(added?.diffLines == [#"+ labels.a/b: "x""#])
  }
}
