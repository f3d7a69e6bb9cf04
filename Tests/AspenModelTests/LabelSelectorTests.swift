import AspenModel
import AspenTestSupport
import Testing

@Suite("Label selectors")
struct LabelSelectorTests {
  @Test(
    "a selector takes what its terms say",
    arguments: [
      ("", "", true), ("", "a=b", true), (" , ,", "a=b", true), ("gpu", "gpu=", true),
      ("gpu", "site=a", false), ("!gpu", "site=a", true), ("!gpu", "gpu=no", false),
      ("site=a", "site=a", true), ("site==a", "site=a", true), ("site = a", "site=a", true),
      ("site=a", "site=b", false), ("site=a", "", false), ("site=", "site=", true),
      ("site!=a", "site=b", true), ("site!=a", "", true), ("site != a", "site=a", false),
      ("site in (a,b)", "site=b", true), ("site in ( a , b )", "site=a", true),
      ("site in (a,b)", "site=c", false), ("site in (a)", "", false),
      ("site notin (a,b)", "site=c", true), ("site notin (a,b)", "", true),
      ("site notin (a,b)", "site=a", false), ("site in (a,b),gpu", "site=a,gpu=1", true),
      ("site in (a,b),gpu", "site=a", false), ("gpu,!old,site=a", "gpu=1,site=a", true),
      ("a/b.c-d_e=x", "a/b.c-d_e=x", true),
    ])
  func matching(_ selector: String, _ labels: String, _ expected: Bool) throws {
    let selector = try LabelSelector(parsing: selector)
    #expect(try selector.matches(Labels(parsing: labels)) == expected)
  }

  @Test(
    "a malformed selector is refused",
    arguments: [
      "=", "=a", "!=a", "!", "a b", "a in", "a in b", "a in (b", "a in b)", "a in (b)(c)",
      "a in ()", "a in (,)", "in (a)", "a out (b)", "a in (b c)", "a)b,c", "a>1", "a='b'", "a=b\n",
      "a=\u{301}b", "é", "a;drop", String(repeating: "k", count: 64),
      (0...16).map { "k\($0)" }.joined(separator: ","),
    ])
  func malformed(_ text: String) {
    let found = violations { () throws(ValidationError) in
      _ = try LabelSelector(parsing: text, field: "/spec/require")
    }
    #expect(found.map(\.field) == ["/spec/require"])
  }

  @Test("the first unmet term is named in the selector's own syntax")
  func unmet() throws {
    let selector = try LabelSelector(parsing: "gpu, site in (a,b), tier!=edge, !old")
    let unmet = { (labels: String) in
      try selector.unmet(by: Labels(parsing: labels))?.description
    }
    #expect(try unmet("site=a") == "gpu")
    #expect(try unmet("gpu=1") == "site in (a,b)")
    #expect(try unmet("gpu=1,site=a,tier=edge") == "tier!=edge")
    #expect(try unmet("gpu=1,site=a,old=") == "!old")
    #expect(try unmet("gpu=1,site=a") == nil)
    #expect(selector.description == "gpu, site in (a,b), tier!=edge, !old")
  }

  @Test("the text of every term parses to the same term")
  func roundTrip() throws {
    let selector = try LabelSelector(parsing: "a,!b,c=d,e!=f,g in (h,i),j notin (k,l)")
    let text = selector.terms.map(\.description).joined(separator: ",")
    #expect(try LabelSelector(parsing: text).terms == selector.terms)
  }

  @Test("no text makes the parser fail in another way than by its error")
  func fuzz() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("selector fuzz: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "a", "b", "in", "notin", " ", "(", ")", ",", "=", "!", "\u{301}", "é", "\r\n", "",
    ]
    for _ in 0..<5000 {
      let count = Int.random(in: 0...12, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      _ = try? LabelSelector(parsing: text).matches(Labels())
    }
  }
}
