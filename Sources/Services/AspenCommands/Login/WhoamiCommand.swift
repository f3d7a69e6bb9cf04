import ArgumentParser
import AspenClient
import AspenModel

/// `aspen whoami`
struct WhoamiCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "whoami", abstract: "Show who you are to the controller and what you may do.")

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let who = try await session.client.session()
      guard session.format == .table else { return session.printDocument(who) }
      if session.printer.choice == .name { return context.write(Self.subject(of: who) + "\n") }
      var table = TextTable(header: ["", ""])
      table.add(["Subject:", Self.subject(of: who)])
      for grant in Self.grants(of: who) { table.add(["May:", grant]) }
      if let expiry = who["expires_at"]?.text { table.add(["Until:", expiry]) }
      table.add(["Server:", session.client.address])
      if let name = session.settings.contextName { table.add(["Context:", name]) }
      session.printer.print(table, showsHeader: false)
    }
  }

  /// `user anna`
  static func subject(of who: JSONValue) -> String {
    let kind = who["subject"]?["kind"]?.text ?? "somebody"
    let name = who["subject"]?["name"]?.text
    return kind + (name.map { " \($0)" } ?? "")
  }

  /// `operator, cameras with site=yard`
  private static func grants(of who: JSONValue) -> [String] {
    let grants = (who["grants"]?.elements ?? []).map { grant in
      (grant["role"]?.text ?? "?")
        + (grant["selector"]?.text.map { ", cameras with \($0)" } ?? ", everything")
    }
    return grants.isEmpty ? ["nothing: an admin gives roles by aspen role-binding create"] : grants
  }
}
