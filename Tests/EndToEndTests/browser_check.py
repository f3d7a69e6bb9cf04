#!/usr/bin/python3
"""Opens the live page in headless Chromium and prints what its pictures do, as one JSON object.

usage: browser_check.py URL SECONDS [SCREENSHOT.png]

URL has the token in its fragment. Talks to the browser by the DevTools protocol, in real time: a
virtual clock would run ahead of the camera.
"""

import asyncio
import base64
import json
import shutil
import subprocess
import sys
import tempfile

import websockets

# Reads every canvas of the page: its size and a checksum of its pixels.
CANVASES = """
[...document.querySelectorAll("canvas")].map(canvas => {
  const picture = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let sum = 0;
  for (let index = 0; index < picture.length; index += 4)
    sum = (sum * 31 + picture[index] + picture[index + 1] * 3 + picture[index + 2] * 7) >>> 0;
  return {width: canvas.width, height: canvas.height, sum};
})
"""


class Page:
    """One tab of the browser."""

    def __init__(self, socket):
        self.socket = socket
        self.sequence = 0
        self.errors = []

    async def call(self, method, **parameters):
        self.sequence += 1
        await self.socket.send(
            json.dumps({"id": self.sequence, "method": method, "params": parameters}))
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), 20))
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(message["params"]["exceptionDetails"].get("text", "exception"))
            if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
                self.errors.append(message["params"]["entry"]["text"])
            if message.get("id") == self.sequence:
                if "error" in message:
                    raise RuntimeError(message["error"])
                return message["result"]

    async def evaluate(self, script):
        result = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")


async def check(browser_url, url, seconds, screenshot):
    async with websockets.connect(browser_url, max_size=None) as socket:
        browser = Page(socket)
        target = await browser.call("Target.createTarget", url="about:blank")
    page_url = browser_url.rsplit("/devtools/", 1)[0] + "/devtools/page/" + target["targetId"]
    async with websockets.connect(page_url, max_size=None) as socket:
        page = Page(socket)
        await page.call("Runtime.enable")
        await page.call("Log.enable")
        await page.call("Page.navigate", url=url)
        sums = []
        canvases = []
        for _ in range(int(seconds * 5)):
            await asyncio.sleep(0.2)
            canvases = await page.evaluate(CANVASES) or []
            sums.append(tuple(canvas["sum"] for canvas in canvases))
        if screenshot:
            picture = await page.call("Page.captureScreenshot", format="png")
            with open(screenshot, "wb") as file:
                file.write(base64.b64decode(picture["data"]))
        return {
            "canvases": canvases,
            "changes": sum(1 for before, after in zip(sums, sums[1:]) if before != after),
            "text": await page.evaluate("document.body.innerText"),
            "address": await page.evaluate("location.href"),
            "errors": page.errors,
        }


def main():
    url, seconds = sys.argv[1], float(sys.argv[2])
    screenshot = sys.argv[3] if len(sys.argv) > 3 else None
    profile = tempfile.mkdtemp(prefix="aspen-browser-")
    browser = subprocess.Popen(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,800",
         "--no-first-run", "--remote-debugging-port=0", "--user-data-dir=" + profile],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        for line in browser.stderr:
            if "DevTools listening on " in line:
                address = line.split("DevTools listening on ")[1].strip()
                break
        else:
            raise SystemExit("chromium did not start")
        print(json.dumps(asyncio.run(check(address, url, seconds, screenshot))))
    finally:
        browser.terminate()
        browser.wait(10)
        shutil.rmtree(profile, ignore_errors=True)


if __name__ == "__main__":
    main()
