import AspenNet
import Testing

@Suite("Socket addresses")
struct SocketAddressTests {
  @Test(
    "a literal address prints as it was written",
    arguments: [
      ("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("[fe80::1]", "[fe80::1]:80"),
      ("255.0.10.200", "255.0.10.200:80"), ("2001:db8::7", "[2001:db8::7]:80"),
    ])
  func literals(ip: String, text: String) throws {
    let address = try SocketAddress(ip: ip, port: 80)
    #expect(address.description == text)
    #expect(address.port == 80)
  }

  @Test("an IPv4 address in IPv6 form is the IPv4 address")
  func mapped() throws {
    #expect(
      try SocketAddress(ip: "::ffff:10.1.2.3", port: 1) == SocketAddress(ip: "10.1.2.3", port: 1))
  }

  @Test(
    "host names and nonsense are refused",
    arguments: ["localhost", "", "1.2.3", "1.2.3.4.5", "::g"])
  func refused(text: String) {
    #expect(throws: NetError.invalidAddress(text)) { try SocketAddress(ip: text, port: 1) }
  }

  @Test("loopback is known in all families")
  func loopback() throws {
    #expect(try SocketAddress(ip: "127.9.9.9", port: 0).isLoopback)
    #expect(try SocketAddress(ip: "::1", port: 0).isLoopback)
    #expect(SocketAddress(unixPath: "/run/x").isLoopback)
    #expect(try !SocketAddress(ip: "10.0.0.1", port: 0).isLoopback)
    #expect(try !SocketAddress(ip: "::2", port: 0).isLoopback)
    #expect(SocketAddress(unixPath: "/run/x").description == "unix:/run/x")
  }

  @Test("a changed port leaves the host as it is")
  func port() throws {
    #expect(try SocketAddress(ip: "::1", port: 1).with(port: 2).description == "[::1]:2")
  }

  @Test("monotonic times stop at the ends of their range")
  func times() {
    let start = MonotonicTime(nanoseconds: 5)
    #expect((start + .nanoseconds(7)).nanoseconds == 12)
    #expect((start + .nanoseconds(-9)).nanoseconds == 0)
    #expect((MonotonicTime(nanoseconds: .max - 1) + .seconds(1)).nanoseconds == .max)
    #expect(MonotonicTime(nanoseconds: 9) - start == .nanoseconds(4))
    #expect(start - MonotonicTime(nanoseconds: 9) == .nanoseconds(-4))
  }
}
