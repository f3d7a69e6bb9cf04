import ArgumentParser
import AspenModel

/// What describes a camera's source in `camera add` and `camera update`.
struct CameraOptions: ParsableArguments {
  @Option(help: "The camera's user.")
  var username: String?

  @Flag(help: "Read the camera's password from standard input, one line.")
  var passwordStdin = false

  @Option(help: "How pictures travel.")
  var transport: Transport?

  @Option(
    help: ArgumentHelp(
      "A video file in the worker's media directory, looped, in place of an address.",
      valueName: "path"))
  var file: String?

  @Option(help: "The site that the camera is at.", completion: .names(of: "sites"))
  var site: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether the camera serves one connection at a time, so that its streams move with a gap."
  )
  var singleSession: Bool?

  /// Whether none of the options is given.
  var isEmpty: Bool {
    username == nil && !passwordStdin && transport == nil && file == nil && site == nil
      && singleSession == nil
  }

  enum Transport: String, ExpressibleByArgument, CaseIterable { case tcp, udp, automatic }

  /// The members of a camera's spec that the options set. A user and password inside the address
  /// are taken out of it; an address that is none goes to the controller, which says why.
  func spec(address: String?, in context: CommandContext) throws -> [JSONValue.Member] {
    if let file {
      guard address == nil, username == nil, !passwordStdin, transport == nil,
        singleSession == nil
      else {
        throw ArgumentParser.ValidationError(
          "--file goes without an address, user, password, transport and session limit.")
      }
      return [.init("type", "file"), .init("path", .string(file))] + siteMembers
    }
    var address = address
    var username = username
    var password: String?
    if let text = address, let parsed = try? RTSPAddress.parse(text, field: "ADDRESS"),
      let credentials = parsed.credentials
    {
      guard username == nil, !passwordStdin else {
        throw ArgumentParser.ValidationError(
          "The address holds a user already; leave --username out.")
      }
      address = parsed.address.description
      username = credentials.username
      password = credentials.password.revealed
    }
    if passwordStdin {
      guard let line = context.readLine() else {
        throw ArgumentParser.ValidationError("--password-stdin: standard input has no line.")
      }
      password = line
    }
    let members: [(String, String?)] = [
      ("address", address), ("transport", transport?.rawValue), ("username", username),
      ("password", password),
    ]
    let type = address == nil ? [] : [JSONValue.Member("type", "rtsp")]
    return type + members.compactMap { name, text in text.map { .init(name, .string($0)) } }
      + (singleSession.map { [.init("single_session", .bool($0))] } ?? []) + siteMembers
  }

  private var siteMembers: [JSONValue.Member] {
    site.map { [.init("site", .string($0))] } ?? []
  }
}
