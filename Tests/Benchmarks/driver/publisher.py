"""Sends frames at a rate: python3 -m driver.publisher PORT PATH FPS BYTES [TOKEN STREAM GENERATION]

With a stream the messages are ASPEN's frame messages, else bare pictures. A picture is zeros behind
the time of sending, which `wsload` reads.
"""

import struct
import sys
import time

from .websocket import WebSocket


def main():
    port, path, rate, size = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    token, stream, generation = (sys.argv[5:8] + [None] * 3)[:3]
    connection = WebSocket(port, path, token, "aspen.uplink.v1" if stream else None)
    filler = bytes(size - 8)
    # A later run on the same uplink must not repeat sequences.
    sequence = time.time_ns() // 1000
    due = time.monotonic()
    while True:
        sequence += 1
        head = b""
        if stream:
            head = struct.pack(
                ">BBHqqqqHHI", 1, 1, 0, int(stream), int(generation), sequence,
                time.time_ns() // 1000, 1920, 1080, 0)
        connection.send(2, head + struct.pack(">q", time.monotonic_ns()) + filler)
        # A camera does not make up for frames that it could not send.
        due = max(due + 1 / rate, time.monotonic())
        time.sleep(max(0, due - time.monotonic()))


try:
    main()
except (BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
    pass
