"""P7: how long a change on one controller takes to be acted on by another."""

import http.client
import json
import queue
import subprocess
import threading
import time

from .aspen import Controller
from .table import Row
from .websocket import WebSocket

NAME = "watched"
WARM_UP = 50
# Between changes, so that none waits for the one before.
PAUSE = 0.005


def measure(first: Controller, binary, root, directory, changes: int) -> list[Row]:
    second = Controller(binary, root, directory, first=first, cpu=None)
    try:
        first.request(
            "POST", "/v1/cameras",
            {"name": NAME, "spec": {"type": "rtsp", "address": "rtsp://127.0.0.1:1/x"}})
        arrivals = queue.Queue()
        watch = WebSocket(second.port, "/v1/watch?kinds=camera", second.token, "aspen.watch.v1")
        threading.Thread(target=listen, args=(watch, arrivals), daemon=True).start()
        arrivals.get(timeout=20)
        told, whole = change(first, arrivals, changes)
        commits = commit_times(first, min(told), max(told))
    finally:
        second.stop()
    delays = [(moment - commits[revision]) * 1_000 for revision, moment in told.items()]
    return [
        row("P7 committed on A → told on B", delays, True),
        row("   PATCH sent to A → told on B", whole, False),
    ]


def listen(watch: WebSocket, arrivals: queue.Queue):
    try:
        while True:
            text = watch.receive_text()
            arrivals.put((time.time(), json.loads(text)))
    except (EOFError, OSError):
        pass


def change(first: Controller, arrivals: queue.Queue, changes: int):
    """When each revision was told, and the milliseconds from its request to that."""
    connection = http.client.HTTPConnection("127.0.0.1", first.port, timeout=20)
    connection.connect()
    told, whole = {}, []
    for number in range(WARM_UP + changes):
        body = json.dumps({"labels": {"n": str(number)}})
        sent = time.time()
        connection.request(
            "PATCH", f"/v1/cameras/{NAME}", body, {
                "Authorization": f"Bearer {first.token}", "If-Match": "*",
                "Content-Type": "application/merge-patch+json",
            })
        response = connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"PATCH: {response.status} {text!r}")
        revision = json.loads(text)["resource_version"]
        while True:
            moment, event = arrivals.get(timeout=20)
            if event["revision"] >= revision and event["type"] != "bookmark":
                break
        if number >= WARM_UP:
            told[revision] = moment
            whole.append((moment - sent) * 1_000)
        time.sleep(PAUSE)
    return told, whole


def commit_times(first: Controller, oldest: int, newest: int) -> dict[int, float]:
    """When each revision was committed, in seconds since 1970 by the clock of this machine."""
    text = subprocess.run(
        [
            "psql", "-X", "-A", "-t", "-F", " ", "-c",
            "SELECT revision, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM change_feed "
            f"WHERE revision BETWEEN {oldest} AND {newest}", first.database.url,
        ], check=True, capture_output=True, text=True).stdout
    pairs = (line.split() for line in text.splitlines())
    return {int(revision): float(moment) for revision, moment in pairs}


def percentile(values, share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def row(name: str, values, has_goal: bool) -> Row:
    middle, late = percentile(values, 0.5), percentile(values, 0.99)
    print(f"  {name}: p50 {middle:.2f} ms, p99 {late:.2f} ms, most {max(values):.2f} ms", flush=True)
    return Row(
        name, f"p50 {middle:.2f} ms, p99 {late:.2f} ms", "graphile-worker 4.2 ms", None,
        "p50 ≤ 3 ms, p99 ≤ 10 ms" if has_goal else "",
        (middle <= 3 and late <= 10) if has_goal else None)
