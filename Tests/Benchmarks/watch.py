#!/usr/bin/env python3
"""Measures the watch of changes, goals P7 and E2, and prints one table.

    Tests/Benchmarks/watch.py                              both, with a release build
    Tests/Benchmarks/watch.py --only p7 --changes 2000 --controller PATH
    Tests/Benchmarks/watch.py --only e2 --events 10000000 --clients 4 --seed 1

P7: two controllers on one PostgreSQL; a camera is changed on one of them and the change is awaited on a
watch of the other; PostgreSQL says when it was committed. E2: events are written to the feed of changes while clients follow it over server-sent
events and WebSockets, break off, stall and resume at random; every event must arrive once and in order.

Needs: the Swift toolchain, PostgreSQL with psql, taskset; Python's own library only. Everything stays on
loopback and below a temporary directory.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from driver import e2_watch, p7_watch
from driver.aspen import Controller
from driver.build import swift_build
from driver.table import print_table

ROOT = Path(__file__).resolve().parent.parent.parent


def arguments():
    parser = argparse.ArgumentParser(description="Benchmarks of the watch of changes")
    parser.add_argument("--only", default="p7,e2", help="p7, e2, separated by commas")
    parser.add_argument("--controller", type=Path, help="an aspen-controller built before")
    parser.add_argument("--changes", type=int, default=1_000, help="changes of P7")
    parser.add_argument("--events", type=int, default=10_000_000, help="events of E2")
    parser.add_argument("--clients", type=int, default=4, help="clients of E2")
    parser.add_argument("--seed", type=int, default=1, help="of what happens at random in E2")
    return parser.parse_args()


def main():
    options = arguments()
    wanted = options.only.split(",")
    binary = options.controller
    if binary is None:
        binary = swift_build(ROOT, "--product", "aspen-controller") / "aspen-controller"
    rows = []
    with tempfile.TemporaryDirectory(prefix="aspen-watch-") as temporary:
        directory = Path(temporary)
        directory.chmod(0o755)
        # The goal counts from the commit, and only the database knows when that was.
        first = Controller(
            binary, ROOT, directory, cpu=None, settings=["track_commit_timestamp=on"])
        try:
            if "p7" in wanted:
                rows += p7_watch.measure(first, binary, ROOT, directory, options.changes)
            if "e2" in wanted:
                rows += e2_watch.measure(
                    first, directory, options.events, options.clients, options.seed)
        finally:
            first.stop()
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print_table(rows)
    sys.exit(1 if any(row.met is False and row.name.startswith("E2") for row in rows) else 0)


if __name__ == "__main__":
    main()
