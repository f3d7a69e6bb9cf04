import AspenModel
import Testing

@Suite("Media file paths")
struct MediaFilePathTests {
  @Test(
    "paths below the media directory are taken",
    arguments: ["clip.avi", "site a/clip 1.mkv", "é/ü.mp4", "a/b/c/d", "a..b", "clip.", "-x"])
  func good(_ text: String) throws {
    #expect(try MediaFilePath(text, field: "").text == text)
  }

  @Test(
    "paths that could leave it or reach another protocol are refused",
    arguments: [
      "", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "a/./b", ".", "./a", ".hidden",
      "a/.hidden", "a//b", "a/", "concat:a|b", "file:a", "C:\\x", "a\\b", "a\nb", "a\u{0}b",
      "a\u{7f}", "http://h/x", "pipe:0", String(repeating: "x", count: 256),
    ])
  func hostile(_ text: String) {
    let found = violations { () throws(ValidationError) in
      _ = try MediaFilePath(text, field: "/spec/path")
    }
    #expect(found.map(\.field) == ["/spec/path"])
  }
}
