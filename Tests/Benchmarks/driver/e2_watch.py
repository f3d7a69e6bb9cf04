"""E2: events over real sockets to clients that break off, stall and resume at random."""

import json
import multiprocessing
import random
import re
import socket
import subprocess
import time

from .aspen import Controller
from .table import Row

# The writer stays this close to the slowest client, and the feed is kept for twice as long.
WINDOW = 300_000
BATCH = 20_000
# Events that a client reads before it breaks off, at most.
STRETCH = 200_000
SITES = ("a", "b", "c")

# A feed as the store writes it: one revision for each change, in order, and one notification.
WRITER = """
CREATE FUNCTION feed_batch(n bigint, keep bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  base bigint;
BEGIN
  SELECT value INTO base FROM revision FOR UPDATE;
  INSERT INTO change_feed (
    revision, kind, object_id, object_name, operation, object, labels, previous_labels,
    camera_labels, previous_camera_labels)
  SELECT r, 'camera', r % 1000 + 1, 'c' || r % 1000, 'updated',
    jsonb_build_object(
      'kind', 'camera', 'id', r % 1000 + 1, 'name', 'c' || r % 1000, 'labels', l.labels,
      'generation', r, 'resource_version', r, 'spec', jsonb_build_object(
        'type', 'rtsp', 'address', 'rtsp://192.0.2.1/' || r)),
    l.labels, l.labels, l.labels, l.labels
  FROM generate_series(base + 1, base + n) AS r,
    LATERAL (SELECT jsonb_build_object('site', (ARRAY['a', 'b', 'c'])[r % 3 + 1]) AS labels) l;
  UPDATE revision SET value = base + n, trimmed_through = greatest(trimmed_through, base + n - keep);
  DELETE FROM change_feed WHERE revision <= base + n - keep;
  PERFORM pg_notify('aspen_changes', (base + n)::text);
  RETURN base + n;
END $$;
"""


class Writer:
    """A psql that stays open."""

    def __init__(self, controller: Controller):
        self.process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", controller.database.url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.process.stdin.write("SET synchronous_commit = off;\n" + WRITER)

    def run(self, statement: str) -> int:
        self.process.stdin.write(statement + ";\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"psql ended at: {statement}")
        return int(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


class Connection:
    """A watch, as bytes: what it reads is found by a pattern, which is all that Python can do in time."""

    def __init__(self, port: int, token: str, place: int, selector: str, is_socket: bool):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        query = f"from={place}" + (f"&selector={selector}" if selector else "")
        lines = [
            f"GET /v1/watch?{query} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}",
        ]
        if is_socket:
            lines += [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                "Sec-WebSocket-Protocol: aspen.watch.v1",
            ]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self._more()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        expected = b"HTTP/1.1 101 " if is_socket else b"HTTP/1.1 200 "
        if not head.startswith(expected):
            raise RuntimeError(f"watch from {place}: {head!r} {self.rest[:500]!r}")
        self.split = self._messages if is_socket else self._events

    def read(self) -> list:
        """What came next: type, revision and JSON of each event."""
        self.rest += self._more()
        return self.split()

    def close(self):
        self.socket.close()

    def _more(self) -> bytes:
        data = self.socket.recv(1 << 18)
        if not data:
            raise EOFError(f"the watch ended behind {self.rest[-200:]!r}")
        return data

    def _events(self) -> list:
        end = self.rest.rfind(b"\n\n") + 2
        if end < 2:
            return []
        whole, self.rest = self.rest[:end], self.rest[end:]
        return EVENT.findall(whole)

    def _messages(self) -> list:
        data, start, found = self.rest, 0, []
        while len(data) - start >= 2:
            size, head = data[start + 1] & 127, 2
            if size == 126:
                size, head = int.from_bytes(data[start + 2:start + 4], "big"), 4
            if size == 127 or len(data) - start < head + size:
                break
            if data[start] & 15 == 9:
                # A ping without payload is answered by a pong without one; the mask is zero.
                self.socket.sendall(b"\x8a\x80" + bytes(4))
            elif data[start] & 15 == 8:
                raise EOFError(f"closed with {data[start + head:start + head + size]!r}")
            elif data[start] & 15 == 1:
                found += MESSAGE.findall(data, start + head, start + head + size)
            start += head + size
        self.rest = data[start:]
        return found


EVENT = re.compile(rb'^data: (\{"type":"(\w+)","revision":(\d+).*)$', re.MULTILINE)
MESSAGE = re.compile(rb'(\{"type":"(\w+)","revision":(\d+).*)')


def follow(port, token, number, seed, first, last, place, result):
    """Follows the feed from `first` to `last` as client `number`. Tells its place as it goes."""
    chance = random.Random(f"{seed} {number}")
    # One in four sees a third of all events only.
    site = SITES[number % 3] if number % 4 == 3 else None
    told, resumes, expected = first, 0, 0
    try:
        while told < last:
            connection = Connection(
                port, token, told, f"site={site}" if site else "", chance.random() < 0.5)
            target = min(told + chance.randrange(1, STRETCH), last)
            while told < target:
                for text, kind, revision in connection.read():
                    revision = int(revision)
                    if kind == b"bookmark":
                        if site is None and revision != told:
                            raise RuntimeError(f"a bookmark at {revision} after {told}")
                        check_gap(told, revision + 1, site)
                        told = max(told, revision)
                        continue
                    if kind != b"updated" or revision <= told:
                        raise RuntimeError(f"{kind} {revision} after {told}")
                    check_gap(told, revision, site)
                    if revision % 5_000 == 0:
                        check_whole(text, revision, site)
                    told = revision
                    expected += 1
                place.value = told
                # A reader that stalls now and then.
                if chance.random() < 0.001:
                    time.sleep(chance.random() * 0.3)
            connection.close()
            resumes += 1
        result.put((number, expected, resumes, None))
    except Exception as error:
        place.value = last
        result.put((number, expected, resumes, f"{type(error).__name__}: {error}"))


def check_gap(told: int, revision: int, site):
    """Nothing that the client should see lies between the two."""
    missed = range(told + 1, revision)
    if site is None:
        lost = len(missed)
    else:
        lost = sum(1 for between in missed if SITES[between % 3] == site) if missed else 0
    if lost:
        raise RuntimeError(f"{lost} events lost between {told} and {revision}")


def check_whole(text: bytes, revision: int, site):
    event = json.loads(text)
    labels = event["object"]["labels"]
    if event["object"]["resource_version"] != revision or labels["site"] != SITES[revision % 3]:
        raise RuntimeError(f"the event {revision} says {event}")
    if site not in (None, labels["site"]):
        raise RuntimeError(f"the event {revision} is not for {site}")


def measure(controller: Controller, directory, events: int, count: int, seed: int) -> list[Row]:
    print(f"  E2: {events} events, {count} clients, seed {seed}", flush=True)
    writer = Writer(controller)
    first = writer.run("SELECT value FROM revision")
    last = first + events
    results = multiprocessing.Queue()
    places = [multiprocessing.Value("q", first) for _ in range(count)]
    clients = [
        multiprocessing.Process(
            target=follow,
            args=(controller.port, controller.token, number, seed, first, last, place, results))
        for number, place in enumerate(places)
    ]
    for client in clients:
        client.start()
    begin, cpu = time.monotonic(), controller.program.cpu()
    try:
        newest, said = first, 0
        while newest < last:
            while newest - min(place.value for place in places) > WINDOW:
                time.sleep(0.01)
            size = min(BATCH, last - newest)
            newest = writer.run(f"SELECT feed_batch({size}, {3 * WINDOW})")
            if (newest - first) * 10 // events > said:
                said = (newest - first) * 10 // events
                print(f"  E2: {said * 10} % after {time.monotonic() - begin:.0f} s", flush=True)
        outcomes = [results.get(timeout=600) for _ in clients]
    finally:
        writer.close()
        for client in clients:
            client.join(5)
            client.kill()
    seconds, used = time.monotonic() - begin, controller.program.cpu() - cpu
    failures = [error for *_, error in outcomes if error]
    if failures:
        print(controller.program.text[-2_000:])
    for failure in failures:
        print(f"  E2: {failure}", flush=True)
    delivered = sum(outcome[1] for outcome in outcomes)
    breaks = sum(outcome[2] for outcome in outcomes)
    print(
        f"  E2: {delivered} deliveries, {breaks} connections, {seconds:.0f} s, "
        f"{used.total / delivered * 1e6 if delivered else 0:.1f} µs CPU a delivery, "
        f"{controller.program.peak_memory_mib():.0f} MiB at most", flush=True)
    return [
        Row(
            f"E2 {events} events, {count} clients, {breaks} connections",
            f"{len(failures)} failed, {events / seconds:.0f} events/s", "etcd watch", None,
            "0 lost, 0 duplicated", not failures)
    ]
