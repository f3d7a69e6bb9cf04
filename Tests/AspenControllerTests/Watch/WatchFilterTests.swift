import AspenModel
import Testing

@testable import AspenController

@Suite("Which changes a watcher sees")
struct WatchFilterTests {
  private func filter(
    kinds: Set<ResourceKind> = Set(ResourceKind.allCases), selector: String = "",
    cameras: [String]? = nil
  ) throws -> WatchFilter {
    WatchFilter(
      kinds: kinds, selector: try LabelSelector(parsing: selector),
      scope: WatchScope(
        kinds: Set(ResourceKind.allCases),
        cameraScopes: try cameras?.map { try LabelSelector(parsing: $0) }))
  }

  private func told(_ filter: WatchFilter, _ change: WatchedChange) throws -> ReceivedEvent? {
    guard let event = filter.event(for: EncodedChange(change)) else { return nil }
    return event.received
  }

  @Test("a change is told as what it is, with the object, to who sees it before and after")
  func plain() throws {
    let filter = try filter()
    let created = try told(filter, .camera(5))
    #expect(created?.id == 5 && created?.summary == "5 created")
    #expect(created?.data["kind"]?.text == "camera")
    #expect(created?.data["object"]?["name"]?.text == "c1")
    #expect(try told(filter, .camera(6, before: [:]))?.type == "updated")
    #expect(try told(filter, .camera(7, before: [:], after: nil))?.type == "deleted")
  }

  @Test("the kinds that were not asked for are not told")
  func kinds() throws {
    let filter = try filter(kinds: [.camera])
    #expect(try told(filter, .worker(1)) == nil)
    #expect(try told(filter, .camera(2)) != nil)
  }

  @Test("what begins to match arrives as created, what stops to match as deleted")
  func transitions() throws {
    for filter in [try filter(selector: "site=a"), try filter(cameras: ["site=b2", "site=a"])] {
      let a = ["site": "a"]
      let b = ["site": "b"]
      #expect(try told(filter, .camera(1, before: b, after: a))?.type == "created")
      #expect(try told(filter, .camera(2, before: a, after: a))?.type == "updated")
      #expect(try told(filter, .camera(3, before: a, after: b))?.type == "deleted")
      #expect(try told(filter, .camera(4, before: b, after: b)) == nil)
      #expect(try told(filter, .camera(5, before: nil, after: b)) == nil)
      #expect(try told(filter, .camera(6, before: nil, after: a))?.type == "created")
      #expect(try told(filter, .camera(7, before: a, after: nil))?.type == "deleted")
      #expect(try told(filter, .camera(8, before: b, after: nil)) == nil)
    }
  }

  @Test("what leaves the watcher's access takes nothing along of what it is now")
  func leaving() throws {
    let change = try WatchedChange.camera(
      9, before: ["site": "a"], after: ["site": "secret-lab"], padding: 10)
    let event = try #require(try told(try filter(cameras: ["site=a"]), change))
    #expect(!event.data.serializedText.contains("secret-lab"))
    #expect(event.data["object"]?["padding"] == nil)
    #expect(event.data["object"]?["name"]?.text == "c1")
    #expect(event.data["object"]?["labels"]?["site"]?.text == "a")
  }

  @Test("what enters brings the whole object")
  func entering() throws {
    let change = try WatchedChange.camera(9, before: ["site": "b"], after: ["site": "a"])
    let event = try #require(try told(try filter(selector: "site=a"), change))
    #expect(event.data["type"]?.text == "created" && event.data["revision"]?.wholeNumber == 9)
    #expect(event.data["object"] == change.object)
  }

  @Test("a stream is seen by its camera's labels and chosen by its own")
  func streams() throws {
    func stream(camera: Labels?) throws -> WatchedChange {
      WatchedChange(
        revision: 1, kind: .stream, id: 2, name: "s", before: nil,
        after: WatchedLabels(own: try Labels(["quality": "high"]), camera: camera), object: .null)
    }
    let yard = try Labels(["site": "yard"])
    let scoped = try filter(selector: "quality=high", cameras: ["site=yard"])
    #expect(try told(scoped, stream(camera: yard)) != nil)
    #expect(try told(scoped, stream(camera: try Labels(["site": "hq"]))) == nil)
    #expect(try told(scoped, stream(camera: nil)) == nil)
    #expect(try told(try filter(cameras: nil), stream(camera: nil)) != nil)
  }

  @Test(
    "a scope over cameras does not hide what belongs to none, a kind outside the scope is hidden")
  func cluster() throws {
    #expect(try told(try filter(cameras: ["site=yard"]), .worker(1)) != nil)
    let scope = WatchScope(kinds: [.camera], cameraScopes: nil)
    #expect(!scope.allows(.worker, cameraLabels: nil))
  }

  @Test("the query names kinds, and an unknown one is an error")
  func parsing() throws {
    #expect(try WatchHandlers.kinds(nil) == [])
    #expect(try WatchHandlers.kinds("camera, role_binding") == [.camera, .roleBinding])
    #expect(throws: ValidationError.self) { try WatchHandlers.kinds("camera,cat") }
    #expect(throws: ValidationError.self) { try WatchHandlers.kinds("") }
  }
}
