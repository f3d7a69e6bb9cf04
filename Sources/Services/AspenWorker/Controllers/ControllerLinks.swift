import AspenCrypto
import AspenNet
import Synchronization

/// Makes links to controllers, which share the certificates to trust.
final class ControllerLinks: Sendable {
  private let configuration: WorkerConfiguration
  private let loop: EventLoop
  private let tls: TLSClientContext?

  /// Reads the certificates, which must be there if a configured controller is reached by TLS. Blocks.
  init(_ configuration: WorkerConfiguration, loop: EventLoop) throws(WorkerError) {
    self.configuration = configuration
    self.loop = loop
    do {
      tls = try TLSClientContext(
        trust: configuration.certificateAuthorityFile.map { .file($0) } ?? .system)
    } catch {
      guard configuration.controllers.contains(where: \.isTLS) else {
        tls = nil
        return
      }
      throw .certificates("\(error)")
    }
  }

  /// A link to a controller.
  func link(_ address: ControllerAddress) throws(WorkerError) -> ControllerLink {
    if address.isTLS, tls == nil { throw .certificates("there are none for \(address)") }
    return try ControllerLink(address, configuration, tls: tls, loop: loop)
  }
}
