import AspenModel
import Testing

@testable import AspenHub

@Suite("DemandBook")
struct DemandBookTests {
  private var book = DemandBook()

  private func demand(_ fps: Double?, _ width: Int?) -> FrameDemand {
    FrameDemand(framesPerSecond: fps, width: width)
  }

  @Test("demands of all loops are joined, stream by stream")
  mutating func joins() {
    #expect(book.update(shard: 0, [1: demand(5, 320)]) == true)
    #expect(book.update(shard: 1, [1: demand(2, 640), 2: demand(nil, nil)]) == true)
    #expect(book.union == [1: demand(5, 640), 2: demand(nil, nil)])
  }

  @Test("a demand within the others changes nothing")
  mutating func unchanged() {
    _ = book.update(shard: 0, [1: demand(10, nil)])
    #expect(book.update(shard: 1, [1: demand(5, 640)]) == false)
    #expect(book.update(shard: 1, [1: nil]) == false)
  }

  @Test("the last demand's end takes the stream out")
  mutating func ends() {
    _ = book.update(shard: 0, [1: demand(10, nil)])
    _ = book.update(shard: 1, [1: demand(nil, nil)])
    #expect(book.update(shard: 1, [1: nil]) == true)
    #expect(book.union == [1: demand(10, nil)])
    #expect(book.update(shard: 0, [1: nil]) == true)
    #expect(book.union == [:])
  }
}
