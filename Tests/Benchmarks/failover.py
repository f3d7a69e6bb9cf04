#!/usr/bin/env python3
"""Kills, stops and ends the leading one of three controllers, again and again, and prints how long it
takes until another leads, and until it has placed a stream that was made after the fault.

    Tests/Benchmarks/failover.py --controller PATH/aspen-controller
    Tests/Benchmarks/failover.py --rounds 50 --faults kill,pause,stop

Meanwhile streams are turned off and on at the controllers that are left, so that the leader always has
something to write. A trigger in the database notes each write of an assignment by a controller that does not lead at
that moment: there must be none, whatever a leader does that was stopped by a signal and wakes up.

Needs PostgreSQL and Python's own library. Everything stays on loopback.
"""

import argparse
import http.client
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from driver.aspen import Controller, PlayedWorker, PostgreSQL
from driver.build import swift_build
from driver.table import Row, print_table

ROOT = Path(__file__).resolve().parent.parent.parent

# The longest that goals.md allows, in milliseconds, until another leads; stop: less than a lease.
GOALS = {"kill": 1000, "pause": 3000, "stop": 500}
# Patroni's documented fail-over of a leader, the peer of the goals.
PEER = "20-42 s"

WITNESS = """
CREATE TABLE witness_leaders (epoch bigint, app text);
CREATE TABLE witness_writes (app text, leader text);
CREATE FUNCTION witness_leader() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO witness_leaders VALUES (NEW.epoch, current_setting('application_name'));
  RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER UPDATE OF epoch ON leadership
  FOR EACH ROW EXECUTE FUNCTION witness_leader();
CREATE FUNCTION witness_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO witness_writes
  SELECT current_setting('application_name'), app
  FROM witness_leaders ORDER BY epoch DESC LIMIT 1;
  RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER INSERT OR UPDATE ON assignments
  FOR EACH ROW EXECUTE FUNCTION witness_write();
"""


class Database(PostgreSQL):
    """One that knows its clients by name."""

    def __init__(self, directory):
        super().__init__(directory)
        self.plain_url = self.url

    def call(self, name):
        self.url = f"{self.plain_url}&application_name={name}"

    def sql(self, text):
        done = subprocess.run(
            [*self.user, str(self.bin / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", self.plain_url],
            input=text, check=True, capture_output=True, text=True, cwd="/")
        return done.stdout.strip()


class Shared:
    """What `Controller` takes from the first one of its database."""

    def __init__(self, database):
        self.database = database


class Cluster:
    """Controllers with one database, each with a played worker of its own."""

    def __init__(self, binary, directory, count):
        self.binary, self.directory = binary, directory
        self.database = Database(directory)
        self.controllers = []
        self.started = 0
        self.cameras = 0
        self.lock = threading.Lock()
        for _ in range(count):
            self.add()
        leader = wait(self.leader, "one to lead")
        self.database.sql(WITNESS)
        self.database.sql(
            f"INSERT INTO witness_leaders SELECT epoch, '{leader.name}' FROM leadership")

    def add(self):
        self.started += 1
        name = f"c{self.started}"
        self.database.call(name)
        controller = Controller(
            self.binary, ROOT, self.directory, first=Shared(self.database), cpu=None, name=name)
        controller.name, controller.http = name, None
        PlayedWorker(controller, f"worker-of-{name}")
        self.controllers.append(controller)

    def health(self, controller):
        """What a controller says of itself; None if it says nothing."""
        try:
            if controller.http is None:
                controller.http = http.client.HTTPConnection(
                    "127.0.0.1", controller.port, timeout=1)
            controller.http.request("GET", "/healthz")
            return json.loads(controller.http.getresponse().read())
        except (OSError, http.client.HTTPException):
            controller.http = None
            return None

    def leader(self, above=0, among=None):
        for controller in among or self.controllers:
            health = self.health(controller)
            if health and health.get("leader") and health["epoch"] > above:
                controller.epoch = health["epoch"]
                return controller
        return None

    def make_camera(self, controller):
        with self.lock:
            self.cameras += 1
            name = f"camera-{self.cameras}"
        controller.request("POST", "/v1/cameras", {
            "name": name, "spec": {"type": "rtsp", "address": "rtsp://127.0.0.1:9/x"}})
        return name

    def is_placed(self, controller, name):
        try:
            controller.request("GET", f"/v1/assignments/{name}")
            return True
        except OSError:
            return False

    def stop(self):
        for controller in self.controllers:
            controller.stop()
        self.database.stop()


def wait(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.002)
    raise RuntimeError(f"waited too long for {what}")


class Load(threading.Thread):
    """Turns streams off and on, so that the leader always has something to write."""

    streams = 50

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.targets = cluster.controllers
        self.is_over = False
        self.names = [cluster.make_camera(cluster.controllers[0]) for _ in range(self.streams)]
        self.enabled = dict.fromkeys(self.names, True)

    def run(self):
        while not self.is_over:
            name = random.choice(self.names)
            try:
                random.choice(self.targets).request(
                    "PATCH", f"/v1/streams/{name}", {"spec": {"enabled": not self.enabled[name]}},
                    headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"})
                self.enabled[name] = not self.enabled[name]
            except OSError:
                pass
            time.sleep(0.02)


def run_round(cluster, load, fault):
    """Milliseconds until another leads, and until it has placed a stream."""
    leader = wait(cluster.leader, "one to lead")
    others = [one for one in cluster.controllers if one is not leader]
    load.targets = others
    time.sleep(random.uniform(0.3, 0.6))
    epoch = leader.epoch
    began = time.monotonic()
    leader.program.process.send_signal(
        {"kill": signal.SIGKILL, "pause": signal.SIGSTOP, "stop": signal.SIGTERM}[fault])
    wait(lambda: cluster.leader(epoch, others), "another to lead")
    leads = time.monotonic() - began
    name = cluster.make_camera(others[0])
    wait(lambda: cluster.is_placed(others[0], name), "a stream to be placed")
    decides = time.monotonic() - began
    others[0].request("DELETE", f"/v1/cameras/{name}", headers={"If-Match": "*"})
    if fault == "pause":
        # It wakes up with whatever it was about to write.
        time.sleep(random.uniform(0, 1))
        leader.program.process.send_signal(signal.SIGCONT)
        wait(lambda: (cluster.health(leader) or {}).get("leader") is False, "it to follow")
    else:
        leader.program.process.wait(timeout=20)
        cluster.controllers.remove(leader)
        cluster.add()
    load.targets = cluster.controllers
    return leads * 1000, decides * 1000


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def main():
    parser = argparse.ArgumentParser(description="Take-over times of leadership")
    parser.add_argument("--controller", type=Path, help="an aspen-controller built before")
    parser.add_argument("--faults", default="kill,pause,stop")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--controllers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=time.time_ns() & 0xFFFFFFFF)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    random.seed(options.seed)
    binary = options.controller
    if binary is None:
        binary = swift_build(ROOT, "--product", "aspen-controller") / "aspen-controller"
    rows = []
    with tempfile.TemporaryDirectory(prefix="aspen-failover-") as temporary:
        directory = Path(temporary)
        directory.chmod(0o755)
        cluster = Cluster(binary, directory, options.controllers)
        load = Load(cluster)
        load.start()
        try:
            for fault in options.faults.split(","):
                times = [run_round(cluster, load, fault) for _ in range(options.rounds)]
                for what, values in zip(("another leads", "places a stream"), zip(*times)):
                    p50, p99 = statistics.median(values), percentile(values, 0.99)
                    goal = GOALS[fault] if what == "another leads" else None
                    rows.append(Row(
                        f"{fault}: {what}", f"{p50:.0f} ms, p99 {p99:.0f} ms", PEER, None,
                        f"<= {goal} ms" if goal else "", p99 <= goal if goal else None))
            load.is_over = True
            load.join()
            writes, stale = cluster.database.sql(
                "SELECT count(*), count(*) FILTER (WHERE app IS DISTINCT FROM leader)"
                " FROM witness_writes").split("|")
            rows.append(Row(
                f"writes of one that did not lead, of {writes}", stale, "", None, "0",
                stale == "0"))
        finally:
            cluster.stop()
    print_table(rows)
    sys.exit(any(row.met is False for row in rows))


if __name__ == "__main__":
    main()
