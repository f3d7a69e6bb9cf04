#!/usr/bin/env python3
"""Measures goal P5, a worker's failure → the first new frame of its streams, and prints one table.

    Tests/Benchmarks/worker_failover.py                               50 faults of each kind, 20 workers, 200 streams
    Tests/Benchmarks/worker_failover.py --faults kill,stop --count 10 --controller PATH --worker PATH

Real programs: one controller, workers, and an RTSP camera with a keyframe a second that all streams share.
A viewer of all streams sees when frames of a stream's next generation begin. Kinds of faults:

    kill   kill -9: the kernel closes the worker's sockets
    stop   SIGSTOP: the worker is silent and its sockets stay open
    cut    the worker's network goes away in both directions (a network namespace; needs root and ip)

Needs: the Swift toolchain, PostgreSQL, ffmpeg, GStreamer's RTSP server with Python's gi; iproute2 for cut.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from driver import p5_failover
from driver.build import swift_build
from driver.table import print_table

ROOT = Path(__file__).resolve().parent.parent.parent


def arguments():
    parser = argparse.ArgumentParser(description="Benchmark of workers that fail")
    parser.add_argument("--faults", default="kill,stop,cut", help="kinds, separated by commas")
    parser.add_argument("--count", type=int, default=50, help="faults of each kind")
    parser.add_argument("--workers", type=int, default=20)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of which worker fails when")
    parser.add_argument("--controller", type=Path, help="an aspen-controller built before")
    parser.add_argument("--worker", type=Path, help="an aspen-worker built before")
    return parser.parse_args()


def main():
    options = arguments()
    binaries = []
    for name, built in (("controller", options.controller), ("worker", options.worker)):
        binaries.append(
            built or swift_build(ROOT, "--product", f"aspen-{name}") / f"aspen-{name}")
    with tempfile.TemporaryDirectory(prefix="aspen-p5-") as temporary:
        directory = Path(temporary)
        directory.chmod(0o755)
        rows = p5_failover.measure(ROOT, directory, *binaries, options)
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print_table(rows)
    sys.exit(1 if any(row.met is False and "owner" in row.name for row in rows) else 0)


if __name__ == "__main__":
    main()
