import ArgumentParser

/// `aspen site`
struct SiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "site", abstract: "Sites: cameras and workers that can reach each other.",
    subcommands: [
      SiteCreate.self, SiteList.self, SiteGet.self, SiteUpdate.self, SiteEdit.self, SiteDelete.self,
    ])
}
