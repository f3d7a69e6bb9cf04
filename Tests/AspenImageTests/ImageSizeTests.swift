import AspenImage
import Testing

@Suite("Image size")
struct ImageSizeTests {
  @Test("a picture that is narrow enough keeps its size")
  func neverEnlarged() {
    let size = ImageSize(width: 641, height: 361)
    #expect(size.fitted(toWidth: nil) == size)
    #expect(size.fitted(toWidth: 641) == size)
    #expect(size.fitted(toWidth: 4000) == size)
  }

  @Test("a fitted picture keeps its aspect and has even sides")
  func fitted() {
    let size = ImageSize(width: 1920, height: 1080)
    #expect(size.fitted(toWidth: 640) == ImageSize(width: 640, height: 360))
    #expect(size.fitted(toWidth: 333) == ImageSize(width: 332, height: 186))
    #expect(size.fitted(toWidth: -5) == ImageSize(width: 2, height: 2))
    #expect(ImageSize(width: 8, height: 1).fitted(toWidth: 4) == ImageSize(width: 4, height: 1))
  }

  @Test("chroma planes round their sides up")
  func subsampled() {
    let size = ImageSize(width: 5, height: 3)
    #expect(size.subsampled(.half) == ImageSize(width: 3, height: 2))
    #expect(size.subsampled(.halfHorizontal) == ImageSize(width: 3, height: 3))
    #expect(size.subsampled(.full) == size)
  }
}
