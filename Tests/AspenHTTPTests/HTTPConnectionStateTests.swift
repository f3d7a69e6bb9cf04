import AspenTestSupport
import Testing

@testable import AspenHTTP

/// What a connection made of some bytes, comparable between ways to cut them.
struct Outcome: Equatable, CustomStringConvertible {
  var requests: [String] = []
  var continues = 0
  var refusal: HTTPParseError?

  var description: String { "\(requests) continues \(continues) refusal \(refusal as Any)" }
}

/// Feeds pieces, answering each request at once.
func outcome(of pieces: [ArraySlice<UInt8>], bodyBytes: Int = 1000) -> Outcome {
  var state = HTTPConnectionState(limits: .init(), bodyBytes: bodyBytes)
  var outcome = Outcome()
  for piece in pieces {
    var action = state.received(piece.span)
    loop: while true {
      switch action {
      case .wait: break loop
      case .sendContinue:
        outcome.continues += 1
        break loop
      case .reject(let error):
        outcome.refusal = error
        break loop
      case .handle(let head, let body):
        let fields = head.headers.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
        outcome.requests.append(
          "\(head.method) \(head.target.text) 1.\(head.minorVersion) \(head.keepAlive) \(fields) "
            + String(decoding: body, as: UTF8.self))
        action = state.responded()
      }
    }
  }
  return outcome
}

func outcome(of text: String, bodyBytes: Int = 1000) -> Outcome {
  outcome(of: [Array(text.utf8)[...]], bodyBytes: bodyBytes)
}

private let good = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "\r\nGET /a?b=c HTTP/1.1\r\nHost: a:80\r\nAccept:  text/html \t\r\nEmpty:\r\n\r\n",
  "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
  "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
    + "5;name=\"v\"\r\nhello\r\n006\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
  "PUT http://other:8080/y?z HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "GET /old HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
  "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
]

@Suite("HTTP connection state")
struct HTTPConnectionStateTests {
  @Test("a request is the same at every split point", arguments: good)
  func splitPoints(text: String) {
    let bytes = Array(text.utf8)
    let whole = outcome(of: text)
    #expect(whole.refusal == nil && !whole.requests.isEmpty)
    for split in 0...bytes.count {
      let parts = outcome(of: [bytes[..<split], bytes[split...]])
      #expect(parts == whole, "split at \(split)")
    }
    #expect(outcome(of: bytes.indices.map { bytes[$0...$0] }) == whole)
  }

  @Test("fields, body and framing are read")
  func contents() {
    #expect(
      outcome(of: good[3]).requests == [
        "POST /x 1.1 true Host=a|Transfer-Encoding=Chunked hello world"
      ])
    #expect(
      outcome(of: good[1]).requests == [
        "GET /a?b=c 1.1 true Host=a:80|Accept=text/html|Empty= "
      ])
    #expect(outcome(of: good[4]).requests[0].contains("Host=other:8080"))
    #expect(outcome(of: good[5]).requests[0].contains("1.1 false"))
    #expect(outcome(of: good[7]).requests.count == 3)
  }

  @Test("100 Continue is sent only when the body is not there yet")
  func expectContinue() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    #expect(outcome(of: head).continues == 1)
    #expect(outcome(of: head + "ab").continues == 0)
    #expect(outcome(of: [Array(head.utf8)[...], Array("ab".utf8)[...]]).requests.count == 1)
    #expect(outcome(of: head, bodyBytes: 1).refusal?.status == 413)
    let other = head.replacing("100-continue", with: "tea")
    #expect(outcome(of: other).refusal?.status == 417)
  }

  @Test("limits are exact")
  func limits() {
    func head(_ size: Int) -> String {
      let rest = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
      return rest.replacing(
        "X: ", with: "X: " + String(repeating: "x", count: size - rest.utf8.count))
    }
    #expect(outcome(of: head(16 * 1024)).requests.count == 1)
    #expect(outcome(of: head(16 * 1024 + 1)).refusal?.status == 431)
    let long = "GET /" + String(repeating: "a", count: 16 * 1024) + " HTTP/1.1\r\n\r\n"
    #expect(outcome(of: long).refusal?.status == 414)
    func fields(_ count: Int) -> String {
      "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: count - 1) + "\r\n"
    }
    #expect(outcome(of: fields(64)).requests.count == 1)
    #expect(outcome(of: fields(65)).refusal?.status == 431)
    func body(_ count: Int) -> String {
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n"
        + String(repeating: "b", count: count)
    }
    #expect(outcome(of: body(1000)).requests.count == 1)
    #expect(outcome(of: body(1001)).refusal?.status == 413)
    let chunk = String(repeating: "c", count: 0x1F5)
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(
      outcome(of: chunked + "1F5\r\n\(chunk)\r\n1F5\r\n\(chunk)\r\n0\r\n\r\n").refusal?.status
        == 413)
  }

  @Test("what arrives while a request is handled is kept up to a bound")
  func holding() {
    var state = HTTPConnectionState(limits: .init(), bodyBytes: 0)
    guard case .handle = state.received(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8).span) else {
      Issue.record("no request")
      return
    }
    let junk = [UInt8](repeating: 0x41, count: 32 * 1024)
    _ = state.received(junk.span)
    #expect(!state.holdsEnough)
    _ = state.received(junk.span)
    #expect(state.holdsEnough)
    #expect(state.upgrade() == junk + junk)
  }

  @Test("mutated requests end the same however they are cut, and never trap")
  func fuzz() {
    let seed = UInt64.random(in: .min ... .max)
    print("HTTP fuzz seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let end = ContinuousClock.now + .seconds(1)
    var rounds = 0
    while ContinuousClock.now < end {
      rounds += 1
      var bytes = Array((good.randomElement(using: &random) ?? "").utf8)
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        let byte =
          Bool.random(using: &random)
          ? Array("\r\n :;,0aF\t%/".utf8).randomElement(using: &random) ?? 0
          : UInt8.random(in: 0...255, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[index] = byte
        case 1: bytes.insert(byte, at: index)
        default: if bytes.count > 1 { bytes.remove(at: index) }
        }
      }
      let whole = outcome(of: [bytes[...]])
      let first = Int.random(in: 0...bytes.count, using: &random)
      let second = Int.random(in: first...bytes.count, using: &random)
      var parts = outcome(of: [bytes[..<first], bytes[first..<second], bytes[second...]])
      // Whether the client is told to go on depends on what has arrived.
      parts.continues = whole.continues
      #expect(parts == whole, "seed \(seed) round \(rounds): \(bytes)")
      guard parts == whole else { return }
    }
    #expect(rounds > 100)
  }
}
