#!/usr/bin/python3
"""Receives frames as a user's script would and prints what it saw as one JSON object.

usage: frames_client.py URL TOKEN SECONDS plain|header
"""

import asyncio
import io
import json
import struct
import sys
import time

import websockets
from PIL import Image, ImageStat

HEADER = struct.Struct(">BBHqqqqHHI")


def picture(jpeg):
    """Size and mean of each channel of a JPEG; raises when it does not decode."""
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    return image.size, [round(value) for value in ImageStat.Stat(image.convert("RGB")).mean]


async def receive(url, token, seconds, mode):
    seen = {"frames": 0, "sizes": [], "streams": {}, "generations": [], "means": [], "bytes": 0, "gap": 0.0, "backwards": 0}
    headers = {"Authorization": "Bearer " + token}
    connect = websockets.connect(
        url, extra_headers=headers, subprotocols=["aspen.frames.v1"], max_size=None
    )
    async with connect as socket:
        first = None
        while first is None or time.monotonic() < first + seconds:
            message = await asyncio.wait_for(socket.recv(), 15)
            if isinstance(message, str):
                for stream in json.loads(message)["streams"]:
                    seen["streams"][stream["name"]] = stream["id"]
                continue
            now = time.monotonic()
            if first is None:
                first = previous = now
            seen["gap"] = max(seen["gap"], now - previous)
            previous = now
            jpeg = message
            if mode == "header":
                fields = HEADER.unpack_from(message)
                version, kind, _, stream, generation, sequence, captured, width, height, extra = fields
                assert (version, kind) == (1, 1), fields
                assert stream in seen["streams"].values(), fields
                assert abs(captured / 1e6 - time.time()) < 30, captured
                seen["backwards"] += generation < max(seen["generations"], default=0)
                seen["generations"].append(generation)
                jpeg = message[HEADER.size + extra :]
            size, mean = picture(jpeg)
            if mode == "header":
                assert size == (width, height), (size, width, height)
            seen["frames"] += 1
            seen["bytes"] += len(jpeg)
            seen["sizes"].append(size)
            seen["means"].append(mean)
            seen["last"] = time.monotonic() - first
    seen["sizes"] = sorted(set(map(tuple, seen["sizes"])))
    seen["generations"] = sorted(set(seen["generations"]))
    seen["mean"] = [
        round(sum(mean[channel] for mean in seen["means"]) / len(seen["means"])) for channel in range(3)
    ]
    seen["fps"] = round((seen["frames"] - 1) / seen["last"], 2) if seen["frames"] > 1 else 0
    del seen["means"]
    return seen


if __name__ == "__main__":
    url, token, seconds, mode = sys.argv[1:5]
    print(json.dumps(asyncio.run(receive(url, token, float(seconds), mode))))
