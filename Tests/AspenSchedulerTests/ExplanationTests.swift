import AspenModel
import AspenScheduler
import Testing

/// What explanations say is in `Scenarios/explanations.txt` and `Scenarios/loss.txt`.
@Suite("Explaining a stream's placement")
struct ExplanationTests {
  @Test("what is not in the snapshot has no explanation")
  func unknown() {
    #expect(Planner.explain(stream: 1, in: .empty) == nil)
    #expect(Planner.explainLoss(of: 1, in: .empty) == nil)
  }
}
