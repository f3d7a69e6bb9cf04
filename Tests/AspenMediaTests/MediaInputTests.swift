import AspenImage
import AspenModel
import Testing

@testable import AspenMedia

@Suite("Media input")
struct MediaInputTests {
  @Test(
    "whatever its path looks like, an RTSP address stays one",
    arguments: [
      "/concat:/etc/passwd|/etc/hosts", "/../../etc/passwd", "/file:///etc/passwd", "?x=http://h/",
    ])
  func staysRTSP(path: String) throws {
    let (address, _) = try RTSPAddress.parse("rtsp://camera" + path, field: "/address")
    let input = MediaInput.rtsp(
      address, ip: "192.0.2.1", credentials: nil, transport: .tcp, timeout: .seconds(5))
    #expect(input.url == "rtsp://192.0.2.1:554" + path)
    #expect(input.formatName == "rtsp")
    #expect(input.options.contains { $0 == ("protocol_whitelist", "rtsp,rtp,udp,tcp") })
    #expect(input.options.contains { $0 == ("format_whitelist", "rtsp") })
  }

  @Test("credentials and IPv6 addresses are written so that no character leaves its place")
  func encoding() throws {
    let (address, _) = try RTSPAddress.parse("rtsp://camera:8554/a", field: "/address")
    let input = MediaInput.rtsp(
      address, ip: "2001:db8::1",
      credentials: Credentials(username: "ü@x", password: Secret("a:b/c@d?#%")), transport: .udp,
      timeout: .seconds(5))
    #expect(
      input.url == "rtsp://%C3%BC%40x:a%3Ab%2Fc%40d%3F%23%25@[2001:db8::1]:8554/a")
  }

  @Test("log lines lose what may be a user and password")
  func scrubbing() {
    #expect(
      LibAVLog.scrubbed("open rtsp://cam:p@ss@10.0.0.1/x failed\n")
        == "open rtsp://***@10.0.0.1/x failed")
    #expect(LibAVLog.scrubbed("cam:pass@host") == "***@host")
    #expect(LibAVLog.scrubbed("method DESCRIBE failed: 401") == "method DESCRIBE failed: 401")
  }

  @Test("a JPEG's markers give its size, tables and completeness, and never more than its bytes")
  func header() {
    let file: [UInt8] = [
      0xFF, 0xD8, 0xFF, 0xC4, 0x00, 0x02, 0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x01, 0x20, 0x02, 0x80,
      0x01, 0x01, 0x11, 0x00, 0xFF, 0xDA, 0x00, 0x02, 0x12, 0x34, 0xFF, 0xD9,
    ]
    let header = file.withUnsafeBufferPointer { JPEGHeader.parse($0) }
    #expect(header?.size.width == 640)
    #expect(header?.size.height == 288)
    #expect(header?.isSelfContained == true)
    for count in 0..<file.count {
      let cut = Array(file.prefix(count)).withUnsafeBufferPointer { JPEGHeader.parse($0) }
      #expect(cut?.isSelfContained != true)
    }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var broken = file
      broken[Int.random(in: 2..<file.count, using: &random)] = .random(in: 0...255, using: &random)
      _ = broken.withUnsafeBufferPointer { JPEGHeader.parse($0) }
    }
  }
}
