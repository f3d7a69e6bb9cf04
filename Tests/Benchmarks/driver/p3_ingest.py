"""P3: CPU time and memory of a camera's pictures, a real worker against ffmpeg's program."""

import re
import subprocess
import time

from .processes import SERVER_CPU, Program, Viewers, interleaved, median, spread
from .table import Row

RATE = 25


def make_video(directory):
    """20 s of 1080p25 H.264 at 4 Mb/s, as a camera sends it: no B-frames, a keyframe each 2 s."""
    media = directory / "media"
    media.mkdir()
    subprocess.run(
        [
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=1920x1080:rate={RATE}",
            "-t", "20", "-vf", "noise=alls=8:allf=t", "-c:v", "libx264", "-preset", "veryfast",
            "-bf", "0", "-g", "50", "-b:v", "4M", "-pix_fmt", "yuv420p", media / "camera.mp4",
        ],
        check=True)
    return media


def measure(controller, worker_binary, directory, wsload, rounds: int, seconds: int) -> list[Row]:
    media = make_video(directory)
    worker = Program(
        "worker",
        [
            worker_binary, "--controller", f"http://127.0.0.1:{controller.port}",
            "--join-token-file", controller.join_token_file, "--name", "ingest", "--labels",
            "role=ingest", "--state-dir", directory / "worker-state", "--media-dir", media,
            "--log-level", "warning",
        ],
        directory, cpu=SERVER_CPU)
    try:
        add_stream(controller, "ingest")
        # Processor time comes in ticks of 10 ms, of which there are few here.
        idle = [without_viewers(worker, max(10, seconds)) for _ in range(rounds)]
        # Before any viewer: what follows raises the peak.
        rows = [
            Row(
                "P3 1080p25, nobody watches, CPU-s/1000 frames", describe(idle), "", None, "≤ 0.3",
                median(idle) <= 0.3)
        ]
        for title, width, goal in [("1080p", None, 0.5), ("640×360", 640, 0.6)]:
            rows += compare(controller, worker, media, wsload, directory, rounds, seconds, title,
                            width, goal)
        rows.append(memory_of_a_camera(controller, worker, wsload, rows))
        return rows
    finally:
        worker.stop()


def add_stream(controller, name: str):
    controller.request(
        "POST", "/v1/cameras?default_stream=false",
        {"name": name, "spec": {"type": "file", "path": "camera.mp4"}})
    controller.request(
        "POST", "/v1/streams", {"name": name, "spec": {"camera": name, "require": "role=ingest"}})
    wait_for_streaming(controller, name)


def wait_for_streaming(controller, name: str):
    deadline = time.monotonic() + 30
    status = None
    while time.monotonic() < deadline:
        status = controller.request("GET", f"/v1/streams/{name}")["status"]
        if status["phase"] == "streaming":
            return
        time.sleep(0.2)
    raise RuntimeError(f"the stream {name} does not run: {status}")


def without_viewers(worker, seconds) -> float:
    before = worker.cpu()
    time.sleep(seconds)
    return (worker.cpu() - before).total / (RATE * seconds) * 1000


def compare(controller, worker, media, wsload, directory, rounds, seconds, title, width, goal):
    costs = {"aspen": [], "ffmpeg": []}
    memory = {"aspen": [], "ffmpeg": []}
    for name in interleaved(rounds, list(costs)):
        if name == "aspen":
            cost, peak = watched(controller, worker, wsload, seconds, width)
        else:
            cost, peak = ffmpeg(media, directory, seconds, width)
        costs[name].append(cost)
        memory[name].append(peak)
        print(f"  {name} {title}: {cost:.1f} CPU-s/1000 frames, {peak:.0f} MiB", flush=True)
    ratio = median(costs["aspen"]) / median(costs["ffmpeg"])
    rows = [
        Row(
            f"P3 {title} JPEG of 1080p25 H.264, CPU-s/1000 frames", describe(costs["aspen"]),
            describe(costs["ffmpeg"]), ratio, f"≤ {goal}", ratio <= goal)
    ]
    if width is None:
        ours, theirs = median(memory["aspen"]), median(memory["ffmpeg"])
        rows.append(
            Row(
                "P3 1080p, peak memory of the whole process, MiB", f"{ours:.0f}", f"{theirs:.0f}",
                ours / theirs, "", None))
    return rows


def memory_of_a_camera(controller, worker, wsload, rows) -> Row:
    """What each further watched camera adds; each further ffmpeg adds a whole process."""
    more = ["more1", "more2", "more3"]
    resident = []
    for names in (["ingest"], ["ingest", *more]):
        for name in names[1:]:
            add_stream(controller, name)
        watching = [
            Viewers(
                wsload, controller.port, f"/v1/streams/{name}/frames", 1, 6, 1,
                f"Bearer {controller.token}")
            for name in names
        ]
        try:
            for viewers in watching:
                viewers.measure(worker)
            resident.append(worker.memory_mib())
        finally:
            for viewers in watching:
                viewers.close()
    ours = (resident[1] - resident[0]) / len(more)
    theirs = float(next(row.peer for row in rows if "memory" in row.name))
    return Row(
        "P3 1080p, memory of one more camera, MiB", f"{ours:.0f}", f"{theirs:.0f}", ours / theirs,
        "≤ 0.25", ours / theirs <= 0.25)


def watched(controller, worker, wsload, seconds, width):
    path = "/v1/streams/ingest/frames" + (f"?width={width}" if width else "")
    load = Viewers(
        wsload, controller.port, path, 1, 2, seconds + 3, f"Bearer {controller.token}")
    try:
        cpu, result = load.measure(worker)
    finally:
        load.close()
    if result["messages"] < RATE * seconds * 0.8:
        raise RuntimeError(f"too few frames arrived: {result}")
    return cpu.total / result["messages"] * 1000, worker.peak_memory_mib()


def ffmpeg(media, directory, seconds, width):
    scale = ["-vf", f"scale={width}:-2"] if width else []
    program = Program(
        "ffmpeg",
        [
            "ffmpeg", "-v", "error", "-nostats", "-progress", "pipe:1", "-stats_period", "0.1",
            "-re", "-stream_loop", "-1", "-i", media / "camera.mp4", *scale, "-f", "mjpeg", "-q:v",
            "5", "-y", "/dev/null",
        ],
        directory, cpu=SERVER_CPU)
    try:
        program.wait_for(r"frame=[1-9]")
        time.sleep(seconds + 3)
        cpu, peak = program.cpu(), program.peak_memory_mib()
        frames = int(re.findall(r"frame=(\d+)", program.text)[-1])
    finally:
        program.stop()
    return cpu.total / frames * 1000, peak


def describe(values) -> str:
    return f"{median(values):.2f} ({spread(values)})"
