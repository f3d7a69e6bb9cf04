import ArgumentParser

/// Where the controller is and who asks.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A context of `aspen context list`.", valueName: "name"),
    completion: .contexts)
  var context: String?

  @Option(help: ArgumentHelp("The controller's address.", valueName: "url"))
  var server: String?

  @Option(help: "An access token; others can see it in the list of processes.")
  var token: String?

  @Option(
    help: ArgumentHelp("A file that holds an access token.", valueName: "file"),
    completion: .file())
  var tokenFile: String?

  @Option(
    help: ArgumentHelp("Certificates to trust for https, PEM.", valueName: "file"),
    completion: .file())
  var ca: String?

  @Option(
    help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file())
  var config: String?
}
