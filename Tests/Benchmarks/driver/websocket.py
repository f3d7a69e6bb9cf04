"""As much of RFC 6455's client side as the benchmarks need, with the standard library only."""

import base64
import os
import socket
import struct


class WebSocket:
    def __init__(self, port: int, path: str, token: str | None = None, protocol: str | None = None):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket",
            "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
        ]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if protocol:
            lines.append(f"Sec-WebSocket-Protocol: {protocol}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.reader = self.socket.makefile("rb")
        status = self.reader.readline()
        if b" 101 " not in status:
            raise RuntimeError(f"{path}: {status.decode()} {self.reader.read(2000)!r}")
        while self.reader.readline() not in (b"\r\n", b""):
            pass

    def send(self, opcode: int, payload: bytes):
        """One message. The mask is zero, which is as good as any here and costs nothing."""
        size = len(payload)
        if size < 126:
            head = struct.pack(">BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack(">BBQ", 0x80 | opcode, 0x80 | 127, size)
        self.socket.sendall(head + bytes(4) + payload)

    def send_text(self, text: str):
        self.send(1, text.encode())

    def receive_text(self) -> str:
        """The next text message. Raises EOFError at the end."""
        while not isinstance(message := self.receive(), str):
            pass
        return message

    def receive(self) -> str | bytes:
        """The next message of one frame; pings are answered. Raises EOFError at the end."""
        while True:
            first, second = self._exactly(2)
            size = second & 127
            if size == 126:
                size = int.from_bytes(self._exactly(2), "big")
            elif size == 127:
                size = int.from_bytes(self._exactly(8), "big")
            payload = self._exactly(size)
            if first & 15 == 1:
                return payload.decode()
            if first & 15 == 2:
                return payload
            if first & 15 == 9:
                self.send(10, payload)
            if first & 15 == 8:
                raise EOFError(payload)

    def _exactly(self, count: int) -> bytes:
        data = self.reader.read(count)
        if len(data) < count:
            raise EOFError
        return data
