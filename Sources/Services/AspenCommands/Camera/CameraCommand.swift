import ArgumentParser

/// `aspen camera`
struct CameraCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "camera", abstract: "Cameras: the video sources.",
    subcommands: [
      CameraAdd.self, CameraList.self, CameraGet.self, CameraUpdate.self, CameraEdit.self,
      CameraDelete.self,
    ])
}
