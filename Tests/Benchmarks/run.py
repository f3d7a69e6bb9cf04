#!/usr/bin/env python3
"""Builds what is needed, measures goals P1, P2 and P3 and the API at scale, and prints tables.

    Tests/Benchmarks/run.py                     all three, without the slow-to-build Swift peers
    Tests/Benchmarks/run.py --swift-peers       with Hummingbird and FlyingFox (minutes of building)
    Tests/Benchmarks/run.py --only p2 --rounds 3 --controller PATH
    Tests/Benchmarks/run.py --only scale        with 1,000 and 1,000,000 cameras

Needs: the Swift toolchain, a C compiler, PostgreSQL, wrk, Node with ws, ffmpeg, taskset; Python's own
library only. Everything stays on loopback and below a temporary directory. CPU time per unit of work
of the server process decides, not wall time: other load on the machine moves it far less.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from driver import p1_rest, p2_fanout, p3_ingest, scale
from driver.aspen import Controller
from driver.build import swift_build
from driver.table import print_table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def arguments():
    parser = argparse.ArgumentParser(description="Benchmarks of ASPEN against peers")
    parser.add_argument("--only", default="p1,p2,p3", help="p1, p2, p3, scale, by commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="length of a round")
    parser.add_argument("--controller", type=Path, help="an aspen-controller built before")
    parser.add_argument("--worker", type=Path, help="an aspen-worker built before")
    parser.add_argument("--swift-peers", action="store_true", help="build Hummingbird, FlyingFox")
    parser.add_argument("--peers-bin", type=Path, help="where both were built before")
    return parser.parse_args()


def main():
    options = arguments()
    wanted = options.only.split(",")
    controller_binary, worker_binary = options.controller, options.worker
    if controller_binary is None:
        controller_binary = swift_build(ROOT, "--product", "aspen-controller") / "aspen-controller"
    if worker_binary is None and "p3" in wanted:
        worker_binary = swift_build(ROOT, "--product", "aspen-worker") / "aspen-worker"
    peers = {"node": ["node", HERE / "peers/hello-node.js"]}
    peers_bin = options.peers_bin or (swift_build(HERE) if options.swift_peers else None)
    for name in ("hummingbird", "flyingfox"):
        if peers_bin and (peers_bin / f"hello-{name}").exists():
            peers[name] = [peers_bin / f"hello-{name}"]

    with tempfile.TemporaryDirectory(prefix="aspen-bench-") as temporary:
        directory = Path(temporary)
        directory.chmod(0o755)
        wsload = directory / "wsload"
        subprocess.run(["cc", "-O2", "-o", wsload, HERE / "load/wsload.c"], check=True)
        controller = Controller(controller_binary, ROOT, directory)
        rows = []
        try:
            size = (options.rounds, options.seconds)
            if "p1" in wanted:
                rows += p1_rest.measure(controller, peers, directory, *size)
            if "p2" in wanted:
                rows += p2_fanout.measure(controller, ROOT, directory, wsload, *size)
            if "p3" in wanted:
                rows += p3_ingest.measure(controller, worker_binary, directory, wsload, *size)
            if "scale" in wanted:
                rows += scale.measure(controller, options.seconds)
        finally:
            controller.stop()
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, rounds {options.rounds}\n")
    print_table(rows)


main()
