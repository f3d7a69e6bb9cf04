import AspenAPI
import AspenModel
import Testing

@Suite("Problem documents")
struct ProblemTests {
  @Test("a validation problem names field and reason")
  func validation() {
    let problem = Problem(ValidationError("/spec/address", "is required"))
    let json = problem.json(requestID: "r1")
    #expect(json["status"]?.wholeNumber == 400)
    #expect(json["type"]?.text == "https://aspen.invalid/problems/validation")
    #expect(json["request_id"]?.text == "r1")
    #expect(json["errors"]?.elements?.first?["field"]?.text == "/spec/address")
    #expect(json["errors"]?.elements?.first?["reason"]?.text == "is required")
  }

  @Test("every code has an error status", arguments: Problem.Code.allCases)
  func statuses(code: Problem.Code) {
    #expect((400...599).contains(code.status))
  }
}
