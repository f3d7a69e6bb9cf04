import Testing

@testable import AspenWorker

@Suite("ControllerDirectory")
struct ControllerDirectoryTests {
  private let a: ControllerAddress
  private let b: ControllerAddress
  private let c: ControllerAddress

  init() throws {
    a = try ControllerAddress("http://a:1")
    b = try ControllerAddress("http://b:1")
    c = try ControllerAddress("http://c:1")
  }

  private func texts(_ addresses: ControllerAddress...) -> [String] { addresses.map(\.text) }

  private func begun(_ configured: ControllerAddress...) -> ControllerDirectory {
    var directory = ControllerDirectory(configured: configured)
    _ = directory.begin()
    return directory
  }

  @Test("it connects to all that are configured and then to all that it is told of")
  func learns() {
    var directory = ControllerDirectory(configured: [a, b])
    #expect(directory.begin() == [.connect(a), .connect(b)])
    #expect(!directory.works())
    #expect(directory.welcomed(by: a, id: "A", told: texts(a, b, c)) == [.connect(c)])
    #expect(directory.works() && !directory.works(besides: a))
    #expect(directory.welcomed(by: b, id: "B", told: texts(a, b, c)) == [])
  }

  @Test("an address that nobody tells of any more is left while others work; configured ones stay")
  func forgets() {
    var directory = begun(a)
    _ = directory.welcomed(by: a, id: "A", told: texts(a, b, c))
    _ = directory.welcomed(by: b, id: "B", told: texts(a, b, c))
    #expect(directory.told(texts(a, b), by: a) == [], "b still tells of it")
    #expect(
      directory.told(texts(b), by: b) == [
        .disconnect(c, why: "it is no controller any more")
      ])
    #expect(directory.told(texts(b), by: a) == [], "a is configured")
    #expect(directory.told(texts(c), by: c) == [], "it is not heard any more")
  }

  @Test("while no controller works all that were told of stay")
  func keepsWhileAlone() {
    var directory = begun(a)
    _ = directory.welcomed(by: a, id: "A", told: texts(a, b))
    #expect(directory.lost(a) == [])
    #expect(directory.lost(b) == [])
    #expect(
      directory.welcomed(by: a, id: "A", told: texts(a)) == [
        .disconnect(b, why: "it is no controller any more")
      ])
  }

  @Test("a controller that is reached by two addresses keeps the newer connection alone")
  func aliases() {
    var directory = begun(a)
    #expect(directory.welcomed(by: a, id: "A", told: texts(b)) == [.connect(b)])
    #expect(
      directory.welcomed(by: b, id: "A", told: texts(b)) == [
        .disconnect(a, why: "it is connected by another address")
      ])
    #expect(directory.lost(b) == [.connect(a)], "either may come back first")
    #expect(
      directory.welcomed(by: a, id: "A", told: texts(b)) == [
        .disconnect(b, why: "it is connected by another address")
      ])
  }

  @Test("an address that leads to another controller now is another controller")
  func otherController() {
    var directory = begun(a)
    _ = directory.welcomed(by: a, id: "A", told: texts(b))
    _ = directory.welcomed(by: b, id: "A", told: texts(b))
    _ = directory.lost(b)
    #expect(directory.welcomed(by: a, id: "B", told: texts(b)) == [])
    #expect(directory.welcomed(by: b, id: "A", told: texts(b)) == [])
  }

  @Test("controllers that do not say who they are are told apart by address")
  func earlierVersion() {
    var directory = begun(a, b)
    #expect(directory.welcomed(by: a, id: nil, told: []) == [])
    #expect(directory.welcomed(by: b, id: nil, told: []) == [])
    #expect(directory.works(besides: a))
  }

  @Test("no more than sixteen are connected, the configured ones first")
  func bounded() throws {
    var directory = begun(a)
    let many = (1...40).map { "http://10.0.0.\($0)" }
    let actions = directory.welcomed(by: a, id: "A", told: many)
    #expect(actions.count == 15)
    #expect(actions.first == .connect(try ControllerAddress("http://10.0.0.1")))
  }

  @Test("what is no address is passed over, and nobody is sent a credential in the clear")
  func distrusts() throws {
    var open = begun(a)
    let told = ["ftp://x", "http://", "", "https://s", "http://b:1/"]
    #expect(
      open.welcomed(by: a, id: "A", told: told) == [
        .connect(try ControllerAddress("https://s")), .connect(b),
      ])
    let secure = try ControllerAddress("https://a")
    var directory = ControllerDirectory(configured: [secure])
    _ = directory.begin()
    #expect(
      directory.welcomed(by: secure, id: "A", told: told) == [
        .connect(try ControllerAddress("https://s"))
      ])
  }
}
