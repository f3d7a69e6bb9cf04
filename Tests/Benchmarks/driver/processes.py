"""Starting, pinning, measuring and stopping programs."""

import json
import os
import re
import socket
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
CPUS = sorted(os.sched_getaffinity(0))
# The server and its load get a processor each, where there are two.
SERVER_CPU, LOAD_CPU = CPUS[0], CPUS[-1]


@dataclass
class CPUTime:
    user: float
    system: float

    @property
    def total(self) -> float:
        return self.user + self.system

    def __sub__(self, other: "CPUTime") -> "CPUTime":
        return CPUTime(self.user - other.user, self.system - other.system)


class Program:
    """A child process; its output goes to a file, so that it can be waited for and shown."""

    def __init__(self, name, command, log_directory: Path, cpu=None, environment=None):
        self.name = name
        self.log = log_directory / f"{name}.log"
        pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                pin + [str(part) for part in command], stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})})

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match:
        """The first match of `pattern` in its output."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.text):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"{self.name}: no '{pattern}' in its output:\n{self.text[-2000:]}")

    def wait_for_port(self, port: int, seconds: float = 30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen on {port}:\n{self.text[-2000:]}")

    def cpu(self) -> CPUTime:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return CPUTime(int(fields[11]) / TICKS, int(fields[12]) / TICKS)

    def memory_mib(self, field: str = "VmRSS") -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status).group(1)) / 1024

    def peak_memory_mib(self) -> float:
        return self.memory_mib("VmHWM")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Viewers:
    """`wsload`, open and ready to be measured."""

    def __init__(self, wsload, port, path, count, warm_up, seconds, authorization=None):
        command = [
            "taskset", "-c", LOAD_CPU, wsload, port, path, count, warm_up, seconds,
            *([authorization] if authorization else []),
        ]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, text=True)
        self._expect("open")

    def measure(self, program: Program) -> tuple[CPUTime, dict]:
        """CPU time of the server, and what arrived, between warm-up and end."""
        self._expect("begin")
        before = program.cpu()
        result = json.loads(self.process.stdout.readline())
        return program.cpu() - before, result

    def close(self):
        self.process.kill()
        self.process.wait()

    def _expect(self, word: str):
        line = self.process.stdout.readline()
        if line != word + "\n":
            self.close()
            raise RuntimeError(f"wsload said '{line}', not '{word}'")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def interleaved(rounds: int, names: list[str]):
    """Every name once a round, the order turned round every other time."""
    for number in range(rounds):
        yield from (names if number % 2 == 0 else reversed(names))


def median(values) -> float:
    return statistics.median(values)


def spread(values) -> str:
    return f"{min(values):.3g}–{max(values):.3g}"
