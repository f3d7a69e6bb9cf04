import AspenModel
import AspenTestSupport
import Testing

@Suite("RTSP addresses")
struct RTSPAddressTests {
  struct Good: Sendable, CustomTestStringConvertible {
    let text: String
    let host: String
    var port: UInt16 = 554
    var path = ""
    var user: String?
    var password: String?
    var testDescription: String { text }
  }

  static let good = [
    Good(text: "rtsp://camera", host: "camera"),
    Good(text: "rtsp://camera/", host: "camera", path: "/"),
    Good(text: "RTSP://Camera.Local/Live", host: "camera.local", path: "/Live"),
    Good(
      text: "rtsp://10.0.0.7:8554/a/b?c=d&e=f", host: "10.0.0.7", port: 8554, path: "/a/b?c=d&e=f"),
    Good(text: "rtsp://h?q", host: "h", path: "?q"),
    Good(text: "rtsp://h:1/", host: "h", port: 1, path: "/"),
    Good(text: "rtsp://h:65535", host: "h", port: 65535),
    Good(text: "rtsp://h:00554/x", host: "h", path: "/x"),
    Good(text: "rtsp://[::1]/x", host: "::1", path: "/x"),
    Good(text: "rtsp://[FE80::1:2]:8554", host: "fe80::1:2", port: 8554),
    Good(text: "rtsp://[::ffff:10.0.0.1]/", host: "::ffff:10.0.0.1", path: "/"),
    Good(text: "rtsp://u:p@h/x", host: "h", path: "/x", user: "u", password: "p"),
    Good(text: "rtsp://u@h", host: "h", user: "u", password: ""),
    Good(text: "rtsp://u:@h", host: "h", user: "u", password: ""),
    Good(text: "rtsp://u:p%40s%3As%2F%23@h", host: "h", user: "u", password: "p@s:s/#"),
    Good(text: "rtsp://u:p@ss@h", host: "h", user: "u", password: "p@ss"),
    Good(text: "rtsp://u:a:b@h", host: "h", user: "u", password: "a:b"),
    Good(text: "rtsp://%75ser:%C3%A9@h", host: "h", user: "user", password: "é"),
    Good(
      text: "rtsp://u:p@[::1]:99/x", host: "::1", port: 99, path: "/x", user: "u", password: "p"),
    Good(text: "rtsp://h//evil/../x", host: "h", path: "//evil/../x"),
    Good(text: "rtsp://h/http://other/", host: "h", path: "/http://other/"),
    Good(text: "rtsp://h/x@y:z", host: "h", path: "/x@y:z"),
    Good(text: "rtsp://under_score.example.", host: "under_score.example."),
  ]

  @Test("an address is split into its parts", arguments: good)
  func parts(_ sample: Good) throws {
    let (address, credentials) = try RTSPAddress.parse(sample.text, field: "/spec/address")
    #expect(address.host == sample.host)
    #expect(address.port == sample.port)
    #expect(address.pathAndQuery == sample.path)
    #expect(credentials?.username == sample.user)
    #expect(credentials?.password.revealed == sample.password)
  }

  @Test("an address is shown without credentials and parses to itself", arguments: good)
  func shown(_ sample: Good) throws {
    let address = try RTSPAddress.parse(sample.text, field: "").address
    let again = try RTSPAddress.parse(address.description, field: "")
    #expect(again.address == address && again.credentials == nil)
  }

  @Test(
    "no other scheme, prefix, control character, fragment or malformed part is taken",
    arguments: [
      "", "camera", "rtsp:", "rtsp:/h", "rtsp://", "rtsp:///x", "rtsp://:554/", "rtsp://?q",
      "//h/x", "file:///etc/passwd", "http://h/x", "https://h", "rtsps://h/x", "rtmp://h/x",
      "concat:rtsp://h/x", "subfile,,start,0,end,9,,:rtsp://h/x", "async:rtsp://h",
      "cache:rtsp://h", "crypto+rtsp://h", "data:,rtsp://h", "pipe:0", "srtp://h", "tcp://h:1",
      "unix:///tmp/s", "/etc/passwd", "rtsp\n://h", " rtsp://h", "rtsp://h ", "rtsp://h/a b",
      "rtsp://h/x\n", "rtsp://h/x\r\nTEARDOWN *", "rtsp://h/\t", "rtsp://h/\u{0}",
      "rtsp://h/\u{7f}",
      "rtsp://h/é", "rtsp://bücher/x", "rtsp://ｈ/x", "rtsp://h\u{202E}/x", "rtsp://h/x#f",
      "rtsp://h#f", "rtsp://h#@other/", "rtsp://h:0/", "rtsp://h:65536/", "rtsp://h:-1/",
      "rtsp://h:+80/", "rtsp://h:/x", "rtsp://h:80:80/", "rtsp://h:8x/", "rtsp://-h/", "rtsp://.h/",
      "rtsp://h|x/", "rtsp://h,other/", "rtsp://h\\other/", "rtsp://$(id)/", "rtsp://h%00/",
      "rtsp://h%2f/", "rtsp://::1/x", "rtsp://[::1/x", "rtsp://[]/x", "rtsp://[h]/x",
      "rtsp://[::1]x/", "rtsp://[::1%25eth0]/x", "rtsp://[::1]:x/", "rtsp://@h/", "rtsp://:p@h/",
      "rtsp://u:%@h/", "rtsp://u:%4@h/", "rtsp://u:%zz@h/", "rtsp://u:%0a@h/", "rtsp://u:%00@h/",
      "rtsp://u:%7f@h/", "rtsp://u:%+4@h/", "rtsp://u:%ff@h/", "rtsp://a%3Ab:p@h/",
      "rtsp://u:p@/x", "rtsp://u:p/q@h/", "rtsp://" + String(repeating: "h", count: 254),
      "rtsp://h/" + String(repeating: "x", count: 1016),
      "rtsp://" + String(repeating: "u", count: 129) + ":p@h",
      "rtsp://u:" + String(repeating: "p", count: 257) + "@h",
    ])
  func hostile(_ text: String) {
    let found = violations { () throws(ValidationError) in
      _ = try RTSPAddress.parse(text, field: "/spec/address")
    }
    #expect(found.map(\.field) == ["/spec/address"])
  }

  @Test("a password in a refused address is not repeated in the error")
  func errorsKeepSecrets() {
    for text in [
      "rtsp://u:hunter2%@h", "rtsp://u:hunter2@h:0", "http://u:hunter2@h", "rtsp://u:hunter2@",
    ] {
      let found = violations { () throws(ValidationError) in
        _ = try RTSPAddress.parse(text, field: "/a")
      }
      #expect(found.count == 1 && !found[0].reason.contains("hunter2"))
    }
  }

  @Test("whatever is taken has a clean host and parses to itself")
  func fuzz() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("address fuzz: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "rtsp", "://", ":", "/", "@", "[", "]", "%", "41", "0a", "h", "::1", "554", "99999", "?", "#",
      "é",
      "\n", ".", "-", "..", "u", "",
    ]
    for _ in 0..<5000 {
      let count = Int.random(in: 0...10, using: &generator)
      let tail = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      let text = (Bool.random(using: &generator) ? "rtsp://" : "") + tail
      guard let parsed = try? RTSPAddress.parse(text, field: "") else { continue }
      let again = try RTSPAddress.parse(parsed.address.description, field: "")
      #expect(again.address == parsed.address, "seed \(seed): \(text)")
      #expect(!parsed.address.host.isEmpty, "seed \(seed): \(text)")
      #expect(parsed.address.host.utf8.allSatisfy { $0 != 0x25 && $0 != 0x40 && $0 > 0x20 })
    }
  }
}
