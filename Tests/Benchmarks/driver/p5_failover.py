"""P5: how long a stream has no new frames when its worker fails."""

import random
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

from .aspen import Controller
from .processes import Program
from .table import Row
from .websocket import WebSocket

KEYFRAME_INTERVAL = 1.0
RATE = 5
# Seconds, besides the keyframe interval.
GOALS = {"kill": 1.0, "stop": 3.0, "cut": 3.0}
SETTLE = 60
NETWORK = "10.77.99"


@dataclass
class Viewer:
    """A viewer of all streams, which notes the generations of the frames that it gets."""

    controller: Controller
    generations: dict = field(default_factory=dict)
    # By stream and generation: when its first frame came.
    first: dict = field(default_factory=dict)
    newest: dict = field(default_factory=dict)
    reversals: int = 0

    def start(self):
        self.socket = WebSocket(
            self.controller.port, "/v1/frames?mode=header&fps=5", self.controller.token,
            "aspen.frames.v1")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        try:
            while True:
                message = self.socket.receive()
                now = time.monotonic()
                if not isinstance(message, bytes):
                    continue
                stream = int.from_bytes(message[4:12], "big")
                generation = int.from_bytes(message[12:20], "big")
                known = self.generations.get(stream, 0)
                if generation < known:
                    self.reversals += 1
                elif generation > known:
                    self.generations[stream] = generation
                    self.first[stream, generation] = now
                self.newest[stream] = now
        except (EOFError, OSError):
            pass

    def live(self, within: float) -> int:
        """How many streams had a frame lately."""
        now = time.monotonic()
        return sum(now - at < within for at in list(self.newest.values()))


class Workers:
    """Real workers, each with a state directory of its own so that it comes back as the same one."""

    def __init__(self, controller, binary, directory, count: int, is_apart: bool):
        self.controller, self.binary, self.directory = controller, binary, directory
        self.names = [f"w{number:02}" for number in range(count)]
        self.is_apart = is_apart
        self.programs = {}
        if is_apart:
            self._make_network()
        for name in self.names:
            self.start(name)

    def start(self, name: str):
        host = f"{NETWORK}.1" if self.is_apart else "127.0.0.1"
        apart = ["ip", "netns", "exec", self._space(name)] if self.is_apart else []
        self.programs[name] = Program(
            name,
            [
                *apart, self.binary, "--controller", f"http://{host}:{self.controller.port}",
                "--join-token-file", self.controller.join_token_file, "--name", name,
                "--state-dir", self.directory / f"state-{name}", "--log-level", "warning",
            ],
            self.directory)

    def strike(self, fault: str, name: str):
        program = self.programs[name]
        if fault == "kill":
            program.process.kill()
            program.process.wait()
        elif fault == "stop":
            program.process.send_signal(signal.SIGSTOP)
        else:
            self._ip("link", "set", self._link(name), "down")

    def heal(self, fault: str, name: str):
        if fault == "kill":
            self.start(name)
        elif fault == "stop":
            self.programs[name].process.send_signal(signal.SIGCONT)
        else:
            self._ip("link", "set", self._link(name), "up")

    def stop(self):
        for program in self.programs.values():
            if program.process.poll() is None:
                program.process.send_signal(signal.SIGCONT)
                program.process.terminate()
        for program in self.programs.values():
            program.stop()
        if self.is_apart:
            for name in self.names:
                self._ip("netns", "del", self._space(name), check=False)
            self._ip("link", "del", "aspen-p5", check=False)

    # A bridge with the controller's and the camera's address, and a namespace on it for each worker.

    def _make_network(self):
        self._ip("link", "add", "aspen-p5", "type", "bridge")
        self._ip("addr", "add", f"{NETWORK}.1/24", "dev", "aspen-p5")
        self._ip("link", "set", "aspen-p5", "up")
        for number, name in enumerate(self.names):
            space, link = self._space(name), self._link(name)
            self._ip("netns", "add", space)
            self._ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space)
            self._ip("link", "set", link, "master", "aspen-p5", "up")
            self._ip("-n", space, "addr", "add", f"{NETWORK}.{number + 10}/24", "dev", "eth0")
            self._ip("-n", space, "link", "set", "eth0", "up")
            self._ip("-n", space, "link", "set", "lo", "up")

    def _space(self, name: str) -> str:
        return f"aspen-p5-{name}"

    def _link(self, name: str) -> str:
        return f"aspenp5{name}"

    def _ip(self, *arguments, check=True):
        subprocess.run(["ip", *arguments], check=check, stderr=None if check else subprocess.DEVNULL)


def make_clip(directory):
    """160 × 120, so that 200 of them are bearable."""
    clip = directory / "clip.mp4"
    subprocess.run(
        [
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=160x120:rate={RATE}",
            "-t", "20", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", clip,
        ],
        check=True)
    return clip


def measure(root, directory, controller_binary, worker_binary, options) -> list[Row]:
    faults = options.faults.split(",")
    is_apart = "cut" in faults
    host = f"{NETWORK}.1" if is_apart else "127.0.0.1"
    controller = Controller(
        controller_binary, root, directory, cpu=None, listen="0.0.0.0" if is_apart else host)
    workers = camera = None
    try:
        workers = Workers(controller, worker_binary, directory, options.workers, is_apart)
        camera = Program(
            "camera",
            [
                "/usr/bin/python3", root / "deploy/camera.py", "--host", "0.0.0.0", "--file",
                make_clip(directory), "--codecs", "h264", "--protocol", "tcp", "--duration", "20",
                "--cache", directory / "clips",
            ],
            directory)
        port = camera.wait_for(r"ready rtsp://[0-9.]+:(\d+)", 60).group(1)
        for number in range(options.streams):
            controller.request(
                "POST", "/v1/cameras",
                {
                    "name": f"cam{number:03}",
                    "spec": {"type": "rtsp", "address": f"rtsp://{host}:{port}/h264"},
                })
        viewer = Viewer(controller)
        viewer.start()
        settle(viewer, options.streams)
        choice = random.Random(options.seed)
        gaps = {fault: [] for fault in faults}
        missing = {fault: 0 for fault in faults}
        for number in range(options.count):
            for fault in faults:
                strike(controller, workers, viewer, fault, choice, gaps, missing)
                settle(viewer, options.streams)
            if number % 5 == 4:
                print(f"  P5: {number + 1} of {options.count} rounds", flush=True)
        rows = [row(fault, gaps[fault], missing[fault]) for fault in faults]
        rows.append(
            Row("P5 frames of an owner before the newest", f"{viewer.reversals}", "", None, "0",
                viewer.reversals == 0))
        return rows
    finally:
        if workers:
            workers.stop()
        if camera:
            camera.stop()
        controller.stop()


def settle(viewer: Viewer, streams: int):
    """Waits until all streams have frames."""
    deadline = time.monotonic() + SETTLE
    while viewer.live(within=1.0) < streams:
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {viewer.live(within=1.0)} of {streams} streams have frames")
        time.sleep(0.2)


def strike(controller, workers: Workers, viewer: Viewer, fault, choice, gaps, missing):
    """One fault: the gap of every stream that the worker had, from the fault to the next owner's frame."""
    owned = {}
    for assignment in assignments(controller):
        owned.setdefault(assignment["worker"], []).append(assignment)
    name = choice.choice(sorted(name for name in owned if name in workers.names))
    before = dict(viewer.generations)
    ids = stream_ids(controller, [assignment["stream"] for assignment in owned[name]])
    struck = time.monotonic()
    workers.strike(fault, name)
    deadline = struck + 30
    waiting = set(ids)
    while waiting and time.monotonic() < deadline:
        for stream in list(waiting):
            if viewer.generations.get(stream, 0) > before.get(stream, 0):
                waiting.discard(stream)
                first = viewer.first[stream, viewer.generations[stream]]
                gaps[fault].append(first - struck)
        time.sleep(0.01)
    missing[fault] += len(waiting)
    workers.heal(fault, name)


def assignments(controller) -> list[dict]:
    page = controller.request("GET", "/v1/assignments?limit=500")
    return page["items"]


def stream_ids(controller, names) -> list[int]:
    wanted = set(names)
    items = controller.request("GET", "/v1/streams?limit=500&fields=name,id")["items"]
    return [item["id"] for item in items if item["name"] in wanted]


def row(fault: str, gaps: list[float], missing: int) -> Row:
    gaps = sorted(gaps)
    if not gaps:
        return Row(f"P5 {fault}", "nothing measured", "", None, "", False)
    p50, p99 = gaps[len(gaps) // 2], gaps[min(int(len(gaps) * 0.99), len(gaps) - 1)]
    limit = GOALS[fault] + KEYFRAME_INTERVAL
    words = f"p50 {p50:.2f} s, p99 {p99:.2f} s of {len(gaps)}"
    if missing:
        words += f", {missing} never"
    return Row(
        f"P5 {fault} → first new frame", words, "Nx ≈ 60 s, Nomad 20 s", None,
        f"p99 ≤ {limit:.0f} s", p99 <= limit and missing == 0)
