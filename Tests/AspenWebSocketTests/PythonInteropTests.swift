import AspenHTTP
import AspenNet
import AspenTestSupport
import Testing

@testable import AspenWebSocket

@Suite("WebSocket with Python's websockets")
struct PythonInteropTests {
  @Test("a Python client gets its messages back")
  func pythonClient() async throws {
    try await WebSocketTestServer(subprotocols: ["aspen"], onOpen: echo).run { _, address, _ in
      let peer = try PythonPeer(
        script: """
          import asyncio, sys, websockets
          async def main():
              uri = "ws://127.0.0.1:" + sys.argv[1] + "/ws"
              async with websockets.connect(uri, subprotocols=["x", "aspen"]) as ws:
                  print(ws.subprotocol, flush=True)
                  for message in ["", "häh", b"", b"\\x01" * 100000, "x" * 70000]:
                      await ws.send(message)
                      assert await ws.recv() == message
                  await ws.send(["frag", "men", "ts"])
                  assert await ws.recv() == "fragments"
                  await (await ws.ping(b"p"))
                  await ws.close(4000, "bye")
                  print(ws.close_code, flush=True)
          asyncio.run(main())
          """, arguments: ["\(address.port)"])
      defer { peer.stop() }
      #expect(try await peer.line() == "aspen")
      #expect(try await peer.line() == "4000")
    }
  }

  @Test("a Python server sends back what this client sends")
  func pythonServer() async throws {
    let peer = try PythonPeer(
      script: """
        import asyncio, websockets
        async def serve(ws):
            await ws.send("welcome")
            async for message in ws:
                await ws.send(message)
            print(ws.close_code, ws.close_reason, flush=True)
        async def main():
            async with websockets.serve(serve, "127.0.0.1", 0) as server:
                print(server.sockets[0].getsockname()[1], flush=True)
                await asyncio.sleep(60)
        asyncio.run(main())
        """)
    defer { peer.stop() }
    let port = try await peer.line()
    try await withLoops { loops in
      let connection = try await WebSocketClient.connect(
        url: HTTPURL("ws://127.0.0.1:\(port)/"), on: loops[0])
      let diary = Diary()
      try await connection.perform { connection in
        diary.follow(connection)
        connection.start()
        connection.send(text: "zwölf")
        connection.send(binary: [UInt8](repeating: 3, count: 200_000))
      }
      try await waitUntil("the echo") { diary.binaries.value.count == 1 }
      #expect(diary.texts.value == ["welcome", "zwölf"])
      #expect(diary.binaries.value[0] == [UInt8](repeating: 3, count: 200_000))
      try await connection.perform { $0.close(code: 1000, reason: "ciao") }
      #expect(try await peer.line() == "1000 ciao")
      #expect(try await diary.close().code == 1000)
    }
  }
}
