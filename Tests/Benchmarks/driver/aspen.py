"""A PostgreSQL of our own, the controller, and a worker that is played by this driver."""

import glob
import json
import os
import pwd
import shutil
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

from .processes import SERVER_CPU, Program
from .websocket import WebSocket


class PostgreSQL:
    def __init__(self, directory: Path, settings=()):
        self.directory = directory / "postgres"
        self.directory.mkdir()
        self.directory.chmod(0o755)
        self.user = []
        if os.geteuid() == 0:
            # It refuses to run as root.
            account = pwd.getpwnam("postgres")
            os.chown(self.directory, account.pw_uid, account.pw_gid)
            self.user = ["runuser", "-u", "postgres", "--"]
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = Path(found[-1] if found else Path(shutil.which("initdb")).parent)
        data = self.directory / "data"
        self._run("initdb", "-D", data, "-U", "aspen", "-A", "trust", "--no-sync")
        self._run(
            "pg_ctl", "-D", data, "-w", "-l", self.directory / "server.log", "-o",
            " ".join(
                ["-c listen_addresses=''", f"-c unix_socket_directories={self.directory}"]
                + [f"-c {setting}" for setting in settings]), "start")
        self.url = f"postgresql:///postgres?host={self.directory}&user=aspen"

    def _run(self, program, *arguments):
        subprocess.run(
            [*self.user, str(self.bin / program), *map(str, arguments)], check=True, cwd="/",
            stdout=subprocess.DEVNULL)

    def stop(self):
        self._run("pg_ctl", "-D", self.directory / "data", "-m", "immediate", "stop")


class Controller:
    """A running aspen-controller on a free port, the first of its database or, with `first`, another."""

    def __init__(
            self, binary: Path, root: Path, directory: Path, first=None, cpu=SERVER_CPU, settings=(),
            name=None):
        self.database = first.database if first else PostgreSQL(directory, settings)
        self.owns_database = first is None
        token, join_token = directory / "operator-token", directory / "join-token"
        try:
            self.program = Program(
                name or ("another-controller" if first else "controller"),
                [
                    binary, "--listen", "127.0.0.1:0", "--database-url", self.database.url,
                    "--migrations", root / "migrations", "--operator-token-file", token,
                    "--join-token-file", join_token, "--log-level", "warning", "--no-rate-limits",
                ],
                directory, cpu=cpu)
            ready = self.program.wait_for(r"controller ready at http://127\.0\.0\.1:(\d+)")
        except Exception:
            if self.owns_database:
                self.database.stop()
            raise
        self.port = int(ready.group(1))
        self.token = token.read_text().strip()
        self.join_token_file = join_token

    def request(self, method: str, path: str, body=None, token=None, headers=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token or self.token}",
                "Content-Type": "application/json", **(headers or {}),
            })
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
        return json.loads(text) if text else None

    def stop(self):
        self.program.stop()
        if self.owns_database:
            self.database.stop()


class PlayedWorker:
    """Joins, says hello, heartbeats, and keeps the streams that it shall run."""

    def __init__(self, controller: Controller, name: str):
        answer = controller.request(
            "POST", "/v1/worker/join",
            {"name": name, "labels": {}, "capacity_streams": 100, "version": "0.1.0"},
            token=controller.join_token_file.read_text().strip())
        self.credential = answer["credential"]
        self.streams = {}
        self.control = WebSocket(
            controller.port, "/v1/worker/control", self.credential, "aspen.control.v1")
        self._say(
            "hello", version="0.1.0", capacity_streams=100, labels={}, running=[])
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()

    def stream(self, name: str, seconds: float = 20):
        """Stream id and generation, once it is placed here."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if name in self.streams:
                return self.streams[name]
            time.sleep(0.05)
        raise RuntimeError(f"the stream {name} was not placed")

    def _say(self, kind: str, **body):
        self.control.send_text(json.dumps({"type": kind, "body": body}))

    def _listen(self):
        try:
            while True:
                message = json.loads(self.control.receive_text())
                if message["type"] == "desired":
                    self.streams = {
                        stream["name"]: (stream["stream_id"], stream["generation"])
                        for stream in message["body"]["streams"]
                    }
        except (EOFError, OSError):
            pass

    def _beat(self):
        sequence = 0
        try:
            while True:
                sequence += 1
                self._say("heartbeat", sequence=sequence, desired_revision=0)
                time.sleep(0.4)
        except OSError:
            pass
