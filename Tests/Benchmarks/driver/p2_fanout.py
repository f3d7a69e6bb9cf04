"""P2: CPU time of a delivered gigabyte, our hub against node-ws."""

import time

from .aspen import PlayedWorker
from .processes import (
    LOAD_CPU, SERVER_CPU, Program, Viewers, free_port, interleaved, median, spread)
from .table import Row

FRAME_BYTES = 50_000
# Viewers, frames a second, and how many times less CPU than node-ws the goal asks for.
CASES = [(200, 100, 2.0), (50, 20, 3.5)]


class Round:
    def __init__(self, cpu, result, seconds, viewers, rate):
        gigabytes = result["bytes"] / 1e9
        self.per_gigabyte = cpu.total / gigabytes
        self.user_share = cpu.user / cpu.total if cpu.total else 0
        self.delivered = result["messages"] / (viewers * rate * seconds)
        self.p99 = result["p99_ms"]


def measure(controller, root, directory, wsload, rounds: int, seconds: int) -> list[Row]:
    worker = PlayedWorker(controller, "played")
    controller.request(
        "POST", "/v1/cameras", {"name": "fan", "spec": {"type": "file", "path": "none.mp4"}})
    stream, generation = worker.stream("fan")
    port = free_port()
    node = Program(
        "fanout-node", ["node", root / "Tests/Benchmarks/peers/fanout-node.js", port], directory,
        cpu=SERVER_CPU, environment={"NODE_PATH": "/usr/share/nodejs"})
    servers = {
        "aspen": (
            controller.program, controller.port, "/v1/worker/frames",
            [worker.credential, stream, generation], "/v1/streams/fan/frames",
            f"Bearer {controller.token}"),
        "node-ws": (node, port, "/publish", [], "/frames", None),
    }
    rows = []
    try:
        node.wait_for_port(port)
        for viewers, rate, goal in CASES:
            results = {name: [] for name in servers}
            for name in interleaved(rounds, list(servers)):
                results[name].append(
                    one_round(servers[name], root, directory, wsload, viewers, rate, seconds))
                last = results[name][-1]
                print(
                    f"  {name} {viewers} × {rate}: {last.per_gigabyte:.3f} CPU-s/GB, "
                    f"{last.delivered:.0%} delivered, p99 {last.p99:.1f} ms", flush=True)
            rows += describe(results, viewers, rate, goal)
    finally:
        node.stop()
    return rows


def one_round(server, root, directory, wsload, viewers, rate, seconds) -> Round:
    program, port, publish, identity, watch, authorization = server
    load = Viewers(wsload, port, watch, viewers, 1.5, seconds, authorization)
    publisher = Program(
        "publisher",
        [
            "env", f"PYTHONPATH={root / 'Tests/Benchmarks'}", "python3", "-m", "driver.publisher",
            port, publish, rate, FRAME_BYTES, *identity,
        ],
        directory, cpu=LOAD_CPU)
    try:
        cpu, result = load.measure(program)
    finally:
        load.close()
        publisher.stop()
    if not result["messages"]:
        raise RuntimeError(f"nothing arrived: {publisher.text}")
    # The connections' ends must not be in the next round.
    time.sleep(0.5)
    return Round(cpu, result, seconds, viewers, rate)


def describe(results, viewers, rate, goal) -> list[Row]:
    def text(name):
        values = [result.per_gigabyte for result in results[name]]
        return f"{median(values):.3f} ({spread(values)})"

    def middle(name, field):
        return median(getattr(result, field) for result in results[name])

    case = f"P2 {viewers} × {rate} fps × {FRAME_BYTES // 1000} KB"
    ratio = middle("node-ws", "per_gigabyte") / middle("aspen", "per_gigabyte")
    rows = [
        Row(
            f"{case}, CPU-s/GB (ratio: node-ws ÷ ours)", text("aspen"), text("node-ws"), ratio,
            f"≥ {goal}", ratio >= goal),
        Row(
            f"{case}, share delivered", f"{middle('aspen', 'delivered'):.1%}",
            f"{middle('node-ws', 'delivered'):.1%}", None, "", None),
        Row(
            f"{case}, p99 ms", f"{middle('aspen', 'p99'):.1f}", f"{middle('node-ws', 'p99'):.1f}",
            None, "", None),
    ]
    if viewers == 200:
        speed, share = 1 / middle("aspen", "per_gigabyte"), middle("aspen", "user_share")
        rows += [
            Row(
                f"{case}, GB delivered per CPU-s", f"{speed:.2f}",
                f"{1 / middle('node-ws', 'per_gigabyte'):.2f}", None, "≥ 3.5", speed >= 3.5),
            Row(
                f"{case}, user share of CPU", f"{share:.0%}",
                f"{middle('node-ws', 'user_share'):.0%}", None, "≤ 5 %", share <= 0.05),
        ]
    return rows
