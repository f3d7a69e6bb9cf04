import AspenAPI
import AspenClient
import AspenModel
import Testing

@testable import AspenCommands

@Suite("Exit status")
struct CommandStatusTests {
  @Test(
    "every error of a request has its status",
    arguments: [
      (ClientError.unreachable("connection refused"), CommandStatus.unreachable),
      (.timedOut("late"), .timeout), (.unexpectedAnswer("no JSON"), .refused),
      (.invalidConfiguration("bad"), .usage), (.closed(code: 1001, reason: ""), .refused),
      (.cancelled, .refused),
    ])
  func errors(error: ClientError, status: CommandStatus) {
    #expect(CommandStatus(error) == status)
  }

  @Test(
    "every refusal of the controller has its status",
    arguments: [
      (400, CommandStatus.refused), (401, .unauthorized), (403, .unauthorized), (404, .notFound),
      (409, .refused), (412, .refused), (500, .refused), (503, .refused),
    ])
  func refusals(http: Int, status: CommandStatus) {
    #expect(CommandStatus(.problem(ServerProblem(status: http, json: nil))) == status)
  }

  @Test("the numbers are those that the help promises")
  func numbers() {
    #expect(CommandStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
  }

  @Test("one wrong field is one line; several follow the title")
  func fieldErrors() {
    func text(_ errors: [FieldViolation]) -> String {
      CommandError(
        .problem(
          ServerProblem(
            status: 400, code: .validation, title: "The request is not valid", detail: "all of it",
            errors: errors)), server: "http://controller"
      ).text
    }
    let address = FieldViolation(field: "/spec/address", reason: "has no valid host")
    let name = FieldViolation(field: "/name", reason: "is required")
    #expect(text([address]) == "aspen: /spec/address: has no valid host")
    #expect(
      text([address, name]) == """
        aspen: The request is not valid
          /spec/address: has no valid host
          /name: is required
        """)
    #expect(text([]) == "aspen: all of it")
  }

  @Test("an internal error names the request, so that it can be found in the log")
  func requestID() {
    let problem = ServerProblem(
      status: 500, code: .internal, title: "Something went wrong here", detail: "went wrong",
      requestID: "r-7")
    #expect(
      CommandError(.problem(problem), server: "http://controller").text
        == "aspen: went wrong\n  request r-7")
  }
}
