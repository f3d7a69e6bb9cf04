import ArgumentParser

/// `aspen worker`
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Workers: the machines that process streams.",
    subcommands: [
      WorkerList.self, WorkerGet.self, WorkerUpdate.self, WorkerEdit.self, WorkerDelete.self,
    ])
}
