import AspenAPI
import AspenModel
import Testing

@testable import AspenController

@Suite("Access rights")
struct AccessRightsTests {
  private let yard = try? Labels(["site": "yard"])
  private let hall = try? Labels(["site": "hall"])

  private func rights(_ role: AccessRole, _ selector: String? = nil) throws -> AccessRights {
    AccessRights(grants: [
      Grant(role: role, selector: try selector.map { try LabelSelector(parsing: $0) })
    ])
  }

  @Test("nobody may do anything without a grant")
  func nothing() {
    let rights = AccessRights(grants: [])
    #expect(!rights.mayCall(.viewer, in: .camera))
    #expect(!rights.allows(.viewer, cameraLabels: yard))
    #expect(rights.scopes(.viewer) == [])
  }

  @Test("a role includes those below it and none above", arguments: AccessRole.allCases)
  func ranks(_ role: AccessRole) throws {
    let rights = try rights(role)
    for needed in AccessRole.allCases {
      #expect(rights.mayCall(needed, in: .cluster) == (needed <= role))
      #expect(rights.allows(needed, cameraLabels: nil) == (needed <= role))
    }
  }

  @Test("a grant with a selector covers its cameras and nothing of the cluster")
  func scoped() throws {
    let rights = try rights(.admin, "site=yard")
    #expect(rights.mayCall(.operator, in: .camera))
    #expect(!rights.mayCall(.viewer, in: .cluster))
    #expect(rights.allows(.operator, cameraLabels: yard))
    #expect(!rights.allows(.viewer, cameraLabels: hall))
    #expect(!rights.allows(.viewer, cameraLabels: nil))
    #expect(rights.scopes(.viewer)?.map(\.description) == ["site=yard"])
  }

  @Test("grants add up, each with its own role and place")
  func union() throws {
    let rights = AccessRights(
      grants: try rights(.viewer).grants + rights(.operator, "site=yard").grants)
    #expect(rights.scopes(.viewer) == nil)
    #expect(rights.scopes(.operator)?.map(\.description) == ["site=yard"])
    #expect(rights.allows(.viewer, cameraLabels: hall))
    #expect(!rights.allows(.operator, cameraLabels: hall))
    #expect(rights.allows(.operator, cameraLabels: yard))
    #expect(rights.mayCall(.viewer, in: .cluster))
    #expect(!rights.mayCall(.operator, in: .cluster))
  }

  @Test("what may be written is never less guarded than what may be read")
  func kinds() {
    for kind in ResourceKind.allCases {
      let reading = AccessRights.reading(kind)
      let writing = AccessRights.writing(kind)
      #expect(reading.role <= writing.role)
      #expect(reading.scope == writing.scope)
      #expect((reading.scope == .camera) == kind.isOfCamera)
    }
  }
}
