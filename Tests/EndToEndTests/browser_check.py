#!/usr/bin/python3
"""Opens the live page in headless Chromium and prints what its pictures do, as one JSON object.

usage: browser_check.py [--size WIDTHxHEIGHT] [--light] [--step FILE-OR-SCRIPT]... URL SECONDS [SCREENSHOT.png]

The steps run one after another once the page is loaded, before the pictures are watched. Each is the body
of an asynchronous JavaScript function and may return a value; all values are in `steps`. A step may use

    until(words, check)     waits until `check()` is true, and returns what it returned
    fill(form, {name: text})  types into the fields of a form, as a person does
    press(words, within)    presses the button or link with exactly these words or this accessible name
    find(words, within)     that button or link, or undefined

A step that throws ends the check with exit status 1. Talks to the browser by the DevTools protocol, in
real time: a virtual clock would run ahead of the camera.
"""

import argparse
import asyncio
import base64
import json
import os
import shutil
import subprocess
import tempfile

import websockets

# Reads every canvas of the page that has a picture: its size and a checksum of its pixels.
CANVASES = """
[...document.querySelectorAll("canvas")].filter(canvas => canvas.width > 0).map(canvas => {
  const picture = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let sum = 0;
  for (let index = 0; index < picture.length; index += 4)
    sum = (sum * 31 + picture[index] + picture[index + 1] * 3 + picture[index + 2] * 7) >>> 0;
  return {width: canvas.width, height: canvas.height, sum};
})
"""

# What steps may use. Only what a person could see and reach counts as found.
TOOLS = """
const until = async (words, check, seconds = 15) => {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const result = check();
    if (result) return result;
    if (performance.now() > end) throw new Error(`waited in vain for ${words}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
};
const nameOf = (node) => node.getAttribute("aria-label") ?? node.textContent.trim();
const find = (words, within = document) => [...within.querySelectorAll("button, a, summary")]
  .find((node) => nameOf(node) === words && node.checkVisibility() && !node.disabled);
const press = async (words, within = document) =>
  (await until(`a button "${words}"`, () => find(words, within))).click();
const fill = (form, values) => {
  for (const [name, value] of Object.entries(values)) {
    const input = form.elements.namedItem(name);
    if (input.type === "checkbox") input.checked = value;
    else input.value = value;
    input.dispatchEvent(new Event("input", {bubbles: true}));
    input.dispatchEvent(new Event("change", {bubbles: true}));
  }
};
"""

# Before anybody has signed in the page asks who one is; the answer 401 is no fault.
SESSION = "/v1/session"


class Page:
    """One tab of the browser."""

    def __init__(self, socket):
        self.socket = socket
        self.sequence = 0
        self.errors = []

    async def call(self, method, timeout=20, **parameters):
        self.sequence += 1
        await self.socket.send(
            json.dumps({"id": self.sequence, "method": method, "params": parameters}))
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), timeout))
            self.note(message)
            if message.get("id") == self.sequence:
                if "error" in message:
                    raise RuntimeError(message["error"])
                return message["result"]

    def note(self, message):
        """Keeps what the page does wrong."""
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            thrown = details.get("exception", {}).get("description")
            self.errors.append(thrown or details.get("text", "exception"))
        if message.get("method") == "Log.entryAdded":
            entry = message["params"]["entry"]
            is_asking = entry.get("url", "").endswith(SESSION) and " 401 " in entry["text"]
            if entry["level"] == "error" and not is_asking:
                self.errors.append(f"{entry['text']} {entry.get('url', '')}".strip())

    async def evaluate(self, script, timeout=20):
        result = await self.call(
            "Runtime.evaluate", timeout, expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    async def step(self, script):
        """Runs one step and returns its value."""
        return await self.evaluate(f"(async () => {{ {TOOLS}\n{script}\n }})()", timeout=60)


async def check(browser_url, options):
    async with websockets.connect(browser_url, max_size=None) as socket:
        browser = Page(socket)
        target = await browser.call("Target.createTarget", url="about:blank")
    page_url = browser_url.rsplit("/devtools/", 1)[0] + "/devtools/page/" + target["targetId"]
    async with websockets.connect(page_url, max_size=None) as socket:
        page = Page(socket)
        await page.call("Runtime.enable")
        await page.call("Log.enable")
        await page.call("Emulation.setDeviceMetricsOverride", **metrics(options.size))
        scheme = {"name": "prefers-color-scheme", "value": "light" if options.light else "dark"}
        await page.call("Emulation.setEmulatedMedia", features=[scheme])
        await page.call("Page.navigate", url=options.url)
        while await page.evaluate("document.readyState") != "complete":
            await asyncio.sleep(0.05)
        steps = [await page.step(text) for text in options.step]
        sums = []
        canvases = []
        for _ in range(int(options.seconds * 5)):
            await asyncio.sleep(0.2)
            canvases = await page.evaluate(CANVASES) or []
            sums.append(tuple(canvas["sum"] for canvas in canvases))
        if options.screenshot:
            picture = await page.call("Page.captureScreenshot", format="png")
            with open(options.screenshot, "wb") as file:
                file.write(base64.b64decode(picture["data"]))
        return {
            "canvases": canvases,
            "changes": sum(1 for before, after in zip(sums, sums[1:]) if before != after),
            "steps": steps,
            "text": await page.evaluate("document.body.innerText"),
            "address": await page.evaluate("location.href"),
            "errors": page.errors,
        }


def metrics(size):
    """The size of the window, as the browser takes it."""
    width, height = (int(number) for number in size.split("x"))
    return {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}


def script(text):
    """A step as given, or the content of the file that has it."""
    if not os.path.isfile(text):
        return text
    with open(text, encoding="utf-8") as file:
        return file.read()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("seconds", type=float)
    parser.add_argument("screenshot", nargs="?")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--step", action="append", default=[], type=script)
    return parser.parse_args()


def main():
    options = arguments()
    profile = tempfile.mkdtemp(prefix="aspen-browser-")
    browser = subprocess.Popen(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--remote-debugging-port=0", "--user-data-dir=" + profile],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        for line in browser.stderr:
            if "DevTools listening on " in line:
                address = line.split("DevTools listening on ")[1].strip()
                break
        else:
            raise SystemExit("chromium did not start")
        print(json.dumps(asyncio.run(check(address, options))))
    finally:
        browser.terminate()
        browser.wait(10)
        shutil.rmtree(profile, ignore_errors=True)


if __name__ == "__main__":
    main()
