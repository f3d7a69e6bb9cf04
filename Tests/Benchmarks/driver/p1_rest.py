"""P1: CPU time of one REST request, our whole controller against other servers' hello-JSON."""

import re
import subprocess
from dataclasses import dataclass

from .processes import LOAD_CPU, SERVER_CPU, Program, free_port, interleaved, median, spread
from .table import Row

CONNECTIONS = 32


@dataclass
class Target:
    program: Program
    port: int
    path: str
    token: str | None = None
    # Every answer must be of this kind.
    succeeds: bool = True

    def wrk(self, seconds: int) -> int:
        """Asks for as long as said; the number of requests that were answered."""
        header = ["-H", f"Authorization: Bearer {self.token}"] if self.token else []
        text = subprocess.run(
            [
                "taskset", "-c", str(LOAD_CPU), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
                *header, f"http://127.0.0.1:{self.port}{self.path}",
            ],
            check=True, capture_output=True, text=True).stdout
        count = int(re.search(r"(\d+) requests in", text).group(1))
        failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        failures = int(failed.group(1)) if failed else 0
        if "Socket errors" in text or failures != (0 if self.succeeds else count):
            raise RuntimeError(f"wrk {self.path}: {text}")
        return count


def measure(controller, peers: dict[str, list], directory, rounds: int, seconds: int) -> list[Row]:
    controller.request(
        "POST", "/v1/cameras",
        {"name": "rest", "spec": {"type": "rtsp", "address": "rtsp://127.0.0.1:1/x"}})
    ours = controller.program, controller.port
    targets = {
        # Router, handler, JSON: what the peers do.
        "aspen /healthz": Target(*ours, "/healthz"),
        # Besides: a token proved, a query read, a problem document written (the upgrade is missing).
        "aspen token + problem": Target(
            *ours, "/v1/frames?fps=5", controller.token, succeeds=False),
        # The whole way, with two statements to PostgreSQL.
        "aspen camera_get": Target(*ours, "/v1/cameras/rest", controller.token),
    }
    mine = list(targets)
    programs = {}
    try:
        for name, command in peers.items():
            port = free_port()
            programs[name] = Program(name, [*command, port], directory, cpu=SERVER_CPU)
            programs[name].wait_for_port(port)
            targets[name] = Target(programs[name], port, "/healthz")
        micros = {name: [] for name in targets}
        for target in targets.values():
            target.wrk(1)
        for name in interleaved(rounds, list(targets)):
            before = targets[name].program.cpu()
            requests = targets[name].wrk(seconds)
            cpu = targets[name].program.cpu() - before
            micros[name].append(cpu.total / requests * 1e6)
            print(f"  {name}: {micros[name][-1]:.1f} µs/request", flush=True)
    finally:
        for program in programs.values():
            program.stop()
    return [row(name, peer, micros) for name in mine for peer in peers]


def row(ours: str, peer: str, micros) -> Row:
    ratio = median(micros[ours]) / median(micros[peer])
    # The goal is set for the same work; the other rows show what more work costs.
    has_goal = peer == "hummingbird" and ours == "aspen /healthz"
    return Row(
        f"P1 {ours} ÷ {peer}, µs CPU/request", describe(micros[ours]), describe(micros[peer]), ratio,
        "≤ 0.25" if has_goal else "", ratio <= 0.25 if has_goal else None)


def describe(values) -> str:
    return f"{median(values):.1f} ({spread(values)})"
