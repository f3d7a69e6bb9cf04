import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/controllers`
struct ControllerHandlers: Sendable {
  let store: Store

  /// A page of controllers.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let page = try await ControllerQueries.list(store.pool, try request.page())
    return .page(page.items.map(Self.view), next: page.next?.text, revision: nil)
  }

  /// One controller.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    .json(
      200, Self.view(try await ControllerQueries.get(store.pool, name: try request.pathName())))
  }

  private static func view(_ controller: ControllerRecord) -> JSONValue {
    let phase =
      controller.unseenFor > ControllerRoster.freshness
      ? "lost" : controller.epoch == nil ? "follower" : "leader"
    return ResourceView.controller(
      id: controller.id, name: controller.name, phase: phase, version: controller.version,
      address: controller.address, epoch: phase == "leader" ? controller.epoch : nil,
      workers: phase == "lost" ? 0 : controller.workerCount, startedAt: controller.startedAt,
      lastSeenAt: controller.seenAt)
  }
}
