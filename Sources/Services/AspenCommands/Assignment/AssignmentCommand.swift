import ArgumentParser

/// `aspen assignment`
struct AssignmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assignment", abstract: "Assignments: which worker has which stream.",
    subcommands: [
      AssignmentList.self, AssignmentGet.self, AssignmentDelete.self,
    ])
}
